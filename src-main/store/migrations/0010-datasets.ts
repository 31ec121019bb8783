/** 0 → 10: imported datasets, their images (the manifest, row by row) and the problems found. Runs in the host. */
import type { Migration } from '../migrate.ts';

export const datasets: Migration = {
  version: 10,
  sql: `
    CREATE TABLE datasets (
      id            INTEGER PRIMARY KEY,
      name          TEXT    NOT NULL UNIQUE,
      root          TEXT    NOT NULL,
      layout        TEXT    NOT NULL,
      synthetic     INTEGER NOT NULL,
      classes       TEXT    NOT NULL, -- JSON: ClassInfo[]
      class_counts  TEXT    NOT NULL, -- JSON: number[], in the order of classes
      columns       TEXT    NOT NULL, -- JSON: the patient columns that the layout provides
      image_count   INTEGER NOT NULL,
      lesion_count  INTEGER NOT NULL,
      problem_count INTEGER NOT NULL,
      hash          TEXT    NOT NULL,
      imported_at   TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX datasets_by_hash ON datasets (hash, root);

    CREATE TABLE dataset_images (
      dataset_id      INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      position        INTEGER NOT NULL,
      image_id        TEXT    NOT NULL,
      path            TEXT    NOT NULL,
      class_index     INTEGER NOT NULL,
      lesion_id       TEXT    NOT NULL,
      age_years       REAL,
      sex             TEXT,
      site            TEXT,
      dx_type         TEXT,
      width_px        INTEGER NOT NULL,
      height_px       INTEGER NOT NULL,
      content_hash    TEXT    NOT NULL,
      perceptual_hash TEXT    NOT NULL,
      PRIMARY KEY (dataset_id, position),
      UNIQUE (dataset_id, image_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE dataset_problems (
      dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
      position   INTEGER NOT NULL,
      kind       TEXT    NOT NULL,
      image_ids  TEXT    NOT NULL, -- JSON: string[]
      message    TEXT    NOT NULL,
      PRIMARY KEY (dataset_id, position)
    ) STRICT, WITHOUT ROWID;
  `,
};
