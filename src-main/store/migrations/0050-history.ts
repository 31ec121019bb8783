/**
 * 40 → 50: a history of ten thousand runs, some of them from other machines. Runs in the host.
 *
 * `uid` names a run on every machine that it is carried to. Searches and counts read the two narrow indexes and never the
 * wide rows. An absent dataset is known by its runs' files alone; importing the same content takes over its runs.
 */
import type { Migration } from '../migrate.ts';

export const history: Migration = {
  version: 50,
  sql: `
    ALTER TABLE runs ADD COLUMN uid TEXT;
    UPDATE runs SET uid = lower(hex(randomblob(16)));
    CREATE UNIQUE INDEX runs_by_uid ON runs (uid);

    CREATE INDEX runs_by_created ON runs (created_at);
    CREATE INDEX runs_by_name ON runs (name COLLATE NOCASE);
    CREATE INDEX runs_by_test_accuracy ON runs (test_accuracy);
    CREATE INDEX runs_for_filter ON runs (dataset_id, status, model, split_method, starred, created_at);
    CREATE INDEX runs_for_search ON runs (name, notes, tags, model);

    ALTER TABLE datasets ADD COLUMN absent INTEGER NOT NULL DEFAULT 0;
    CREATE TRIGGER adopt_absent_dataset AFTER INSERT ON datasets
    BEGIN
      UPDATE runs SET dataset_id = NEW.id
        WHERE dataset_id IN (SELECT id FROM datasets WHERE absent = 1 AND hash = NEW.hash AND id <> NEW.id);
      UPDATE evaluations SET dataset_id = NEW.id
        WHERE dataset_id IN (SELECT id FROM datasets WHERE absent = 1 AND hash = NEW.hash AND id <> NEW.id);
      DELETE FROM datasets WHERE absent = 1 AND hash = NEW.hash AND id <> NEW.id;
    END;
  `,
};
