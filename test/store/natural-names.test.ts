import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../src-main/store/migrate.ts';
import { nameKey } from '../../src-main/store/name-key.ts';

const NAMES = [
  'run 10',
  'run 2',
  'Run 3',
  'run',
  'run 02b',
  'run 2a',
  'run 100 of 7',
  'run 100 of 60',
  '7',
  '0',
  'seed 20250101123456789012345',
  'seed 20250101123456789012344',
  'an "odd" name_1%',
];

test('names are in the order of a collator that counts', () => {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const byKey = NAMES.toSorted((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
  expect(byKey).toEqual(NAMES.toSorted(compare));
});

test('80 → 90 gives the runs there the keys that new ones get, and sorts by an index', () => {
  const db = new Database(':memory:');
  migrate(db, 20);
  db.exec(`INSERT INTO datasets VALUES
    (1, 'ham', '/data/ham', 'ham10000', 0, '[]', '[]', '[]', 2, 1, 0, 'abc', '2025-01-01T00:00:00.000Z')`);
  const insert =
    db.prepare(`INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights,
      learning_rate, batch_size, seed, epochs, status, created_at)
    VALUES (?, 1, 'abc', '{}', 'cnn1', 'lesion', 'none', 0.001, 10, 123, 3, 'completed', '2025-01-01')`);
  const names = [...NAMES, 'Étude 5'];
  for (const name of names) insert.run(name);
  migrate(db, 80);
  const before = db.prepare('SELECT * FROM runs').all() as object[];
  migrate(db, 90);
  expect(db.prepare('SELECT * FROM runs').all()).toEqual(
    before.map((run, index) => ({ ...run, name_key: nameKey(names[index]!) })),
  );
  const plan = db.prepare('EXPLAIN QUERY PLAN SELECT id FROM runs ORDER BY name_key, id LIMIT 9').all();
  expect(JSON.stringify(plan)).toMatch(/runs_by_name/);
  expect(JSON.stringify(plan)).not.toMatch(/TEMP B-TREE/);
  db.close();
});
