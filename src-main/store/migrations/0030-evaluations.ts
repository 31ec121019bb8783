/**
 * 20 → 30: reports and every single prediction that they rest on. Runs in the host. Probabilities are a blob of
 * little-endian float64, as many as there are classes: seven numbers a row read faster than JSON.
 */
import type { Migration } from '../migrate.ts';

export const evaluations: Migration = {
  version: 30,
  sql: `
    CREATE TABLE evaluations (
      id         INTEGER PRIMARY KEY,
      run_id     INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE RESTRICT,
      source     TEXT    NOT NULL, -- training: the run's own parts; external: another labelled set
      report     TEXT    NOT NULL, -- JSON: EvaluationReport
      created_at TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX evaluations_by_run ON evaluations (run_id);
    CREATE INDEX evaluations_by_dataset ON evaluations (dataset_id);

    CREATE TABLE predictions (
      evaluation_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
      part          TEXT    NOT NULL,
      position      INTEGER NOT NULL,
      image_id      TEXT    NOT NULL,
      lesion_id     TEXT    NOT NULL,
      true_class    INTEGER,
      probabilities BLOB    NOT NULL,
      PRIMARY KEY (evaluation_id, part, position)
    ) STRICT, WITHOUT ROWID;
  `,
};
