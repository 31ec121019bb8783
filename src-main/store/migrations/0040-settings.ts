/** 30 → 40: what the application remembers about how a person likes it, one row a key. Runs in the host. */
import type { Migration } from '../migrate.ts';

export const settings: Migration = {
  version: 40,
  sql: `
    CREATE TABLE settings (
      key   TEXT PRIMARY KEY,
      value TEXT NOT NULL -- JSON
    ) STRICT, WITHOUT ROWID;
  `,
};
