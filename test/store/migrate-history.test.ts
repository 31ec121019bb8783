import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src-main/store/migrate.ts';

const dataset = (id: number, hash: string, absent = '') => `
  INSERT INTO datasets (id, name, root, layout, synthetic, classes, class_counts, columns, image_count, lesion_count,
                        problem_count, hash, imported_at${absent && ', absent'})
  VALUES (${id}, 'set ${id}', '/data', 'ham10000', 0, '[]', '[]', '[]', 2, 1, 0, '${hash}', '2025'${absent})`;
const RUN = `INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights,
  learning_rate, batch_size, seed, epochs, status, created_at)
  VALUES ('first', 1, 'abc', '{}', 'cnn1', 'lesion', 'none', 0.001, 10, 123, 3, 'completed', '2025-01-01')`;

function databaseAt(version: number): Database.Database {
  const db = new Database(':memory:');
  onTestFinished(() => {
    db.close();
  });
  db.pragma('foreign_keys = ON');
  migrate(db, version);
  return db;
}

test('40 → 50 keeps the runs and gives each a name that no other has on any machine', () => {
  const db = databaseAt(40);
  db.exec(dataset(1, 'abc'));
  db.exec(RUN);
  db.exec(RUN);
  const before = db.prepare('SELECT * FROM runs').all() as object[];
  migrate(db, 50);
  const after = db.prepare('SELECT * FROM runs').all() as { uid: string }[];
  expect(after).toEqual(before.map((run, index) => ({ ...run, uid: after[index]!.uid })));
  expect(after.map(({ uid }) => /^[0-9a-f]{32}$/.test(uid))).toEqual([true, true]);
  expect(() => db.exec("UPDATE runs SET uid = 'same'")).toThrow(/UNIQUE/);
});

test('a dataset that is imported takes over the runs and evaluations of the absent one with its content', () => {
  const db = databaseAt(50);
  db.exec(dataset(1, 'abc', ', 1'));
  db.exec(dataset(2, 'other', ', 1'));
  db.exec(RUN);
  db.exec("INSERT INTO evaluations VALUES (1, 1, 1, 'training', '{}', '2025-01-01')");
  db.exec(dataset(3, 'abc'));
  expect(db.prepare('SELECT dataset_id FROM runs').pluck().all()).toEqual([3]);
  expect(db.prepare('SELECT dataset_id FROM evaluations').pluck().all()).toEqual([3]);
  expect(db.prepare('SELECT id FROM datasets ORDER BY id').pluck().all()).toEqual([2, 3]);
});
