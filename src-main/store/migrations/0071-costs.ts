/** 70 → 71: what a run took beyond its training steps, from which the next one is estimated. Runs in the host. */
import type { Migration } from '../migrate.ts';

export const costs: Migration = {
  version: 71,
  sql: `
    ALTER TABLE runs ADD COLUMN peak_resident_bytes INTEGER; -- largest seen of its worker
    ALTER TABLE runs ADD COLUMN whole_epoch_ms REAL; -- median from one epoch's end to the next's, pauses excluded
  `,
};
