/** 71 → 80: runs from before oneDNN was a setting were made without it, and resume without it. Runs in the host. */
import type { Migration } from '../migrate.ts';

export const oneDnn: Migration = {
  version: 80,
  sql: `UPDATE runs SET config = json_set(config, '$.oneDnn', json('false'));`,
};
