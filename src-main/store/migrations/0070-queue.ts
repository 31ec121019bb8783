/** 60 → 70: the place of a waiting run in the queue, so that its order outlives the process. Runs in the host. */
import type { Migration } from '../migrate.ts';

export const queue: Migration = {
  version: 70,
  sql: `
    ALTER TABLE runs ADD COLUMN queue_position INTEGER; -- of queued runs; the lowest is next
  `,
};
