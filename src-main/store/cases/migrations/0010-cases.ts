/**
 * 0 → 10 of the case store: cases, their pictures, the keys of both, who may see them and who did. Runs in the host.
 *
 * What can be read without any key: how many cases and pictures there are and in which order they came, which pictures are of one case,
 * how large they are; the random ids of cases; settings of privacy; the audit list. All else is sealed (see sealing.ts).
 */
import type { Migration } from '../../migrate.ts';
import { KEY_TABLE } from '../record-keys.ts';

export const cases: Migration = {
  version: 10,
  sql: `
    CREATE TABLE cases (
      id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
      code    TEXT NOT NULL UNIQUE,              -- the random id that people see
      summary BLOB NOT NULL,                     -- sealed JSON: what lists and searches need
      detail  BLOB NOT NULL                      -- sealed JSON: all of it but the pictures
    ) STRICT;

    CREATE TABLE case_pictures (
      id      INTEGER PRIMARY KEY AUTOINCREMENT,
      case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,
      bytes   BLOB NOT NULL                      -- a sealed JPEG or PNG file
    ) STRICT;
    CREATE INDEX case_pictures_by_case ON case_pictures (case_id);

    CREATE TABLE record_keys ${KEY_TABLE};

    CREATE TABLE encryption (
      one     INTEGER PRIMARY KEY CHECK (one = 1), -- no row: the store is not encrypted
      key_id  TEXT NOT NULL,
      cost    INTEGER NOT NULL,                  -- N, r and p of scrypt
      block   INTEGER NOT NULL,
      lanes   INTEGER NOT NULL,
      salt    BLOB NOT NULL,
      wrapped BLOB NOT NULL                      -- the data key, sealed with the passphrase's
    ) STRICT;

    CREATE TABLE privacy (
      key   TEXT PRIMARY KEY,
      value TEXT NOT NULL                        -- JSON
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,
      at       TEXT NOT NULL,
      who      TEXT NOT NULL,
      what     TEXT NOT NULL,
      case_id  TEXT,
      hash     TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_case ON audit (case_id);
    CREATE TABLE audit_head (
      one      INTEGER PRIMARY KEY CHECK (one = 1),
      sequence INTEGER NOT NULL,
      hash     TEXT NOT NULL
    ) STRICT;
  `,
};
