/**
 * 10 → 20: runs with their splits, epochs and artifacts. Runs in the host. Headline settings and figures are
 * columns of their own, so that ten thousand runs are listed without reading their configurations. Equal splits share a row.
 */
import type { Migration } from '../migrate.ts';

export const runs: Migration = {
  version: 20,
  sql: `
    CREATE TABLE splits (
      id     INTEGER PRIMARY KEY,
      sha256 TEXT NOT NULL UNIQUE, -- of parts
      parts  TEXT NOT NULL         -- JSON: Split
    ) STRICT;

    CREATE TABLE runs (
      id                           INTEGER PRIMARY KEY AUTOINCREMENT, -- a number is never given twice
      name                         TEXT    NOT NULL,
      dataset_id                   INTEGER NOT NULL REFERENCES datasets (id) ON DELETE RESTRICT,
      dataset_hash                 TEXT    NOT NULL,
      split_id                     INTEGER REFERENCES splits (id),
      config                       TEXT    NOT NULL, -- JSON: TrainingConfig
      environment                  TEXT,             -- JSON: Environment
      model                        TEXT    NOT NULL,
      split_method                 TEXT    NOT NULL,
      class_weights                TEXT    NOT NULL,
      learning_rate                REAL    NOT NULL,
      batch_size                   INTEGER NOT NULL,
      seed                         INTEGER NOT NULL,
      epochs                       INTEGER NOT NULL,
      status                       TEXT    NOT NULL,
      failure_code                 TEXT,
      failure_message              TEXT,
      warnings                     TEXT    NOT NULL DEFAULT '[]', -- JSON: string[]
      created_at                   TEXT    NOT NULL,
      started_at                   TEXT,
      ended_at                     TEXT,
      epochs_done                  INTEGER NOT NULL DEFAULT 0,
      best_epoch                   INTEGER,
      test_balanced_accuracy       REAL,
      test_accuracy                REAL,
      validation_balanced_accuracy REAL,
      validation_accuracy          REAL,
      training_ms                  REAL,
      notes                        TEXT    NOT NULL DEFAULT '',
      tags                         TEXT    NOT NULL DEFAULT '[]', -- JSON: string[]
      starred                      INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX runs_by_dataset ON runs (dataset_id);
    CREATE INDEX runs_by_model ON runs (model);
    CREATE INDEX runs_by_status ON runs (status);
    CREATE INDEX runs_by_test ON runs (test_balanced_accuracy);
    CREATE INDEX runs_by_validation ON runs (validation_balanced_accuracy);
    CREATE INDEX runs_by_split ON runs (split_id);

    CREATE TABLE epochs (
      run_id                       INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      epoch                        INTEGER NOT NULL,
      train_loss                   REAL    NOT NULL,
      train_accuracy               REAL    NOT NULL,
      train_balanced_accuracy      REAL,
      validation_loss              REAL, -- null with validation_accuracy: there is no validation part
      validation_accuracy          REAL,
      validation_balanced_accuracy REAL,
      learning_rate                REAL    NOT NULL,
      images_per_second            REAL    NOT NULL,
      elapsed_ms                   REAL    NOT NULL,
      best                         INTEGER NOT NULL,
      PRIMARY KEY (run_id, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE artifacts (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      path   TEXT    NOT NULL, -- relative to the run's folder
      kind   TEXT    NOT NULL,
      sha256 TEXT    NOT NULL,
      bytes  INTEGER NOT NULL,
      PRIMARY KEY (run_id, path)
    ) STRICT, WITHOUT ROWID;
  `,
};
