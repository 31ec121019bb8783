import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../src-main/store/migrate.ts';

test('→ 80 says of the runs there that they were made without oneDNN, and keeps their other settings', () => {
  const db = new Database(':memory:');
  migrate(db, 20);
  db.exec(`INSERT INTO datasets VALUES
    (1, 'ham', '/data/ham', 'ham10000', 0, '[]', '[]', '[]', 2, 1, 0, 'abc', '2025-01-01T00:00:00.000Z');
    INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights,
      learning_rate, batch_size, seed, epochs, status, created_at)
    VALUES ('first', 1, 'abc', '{"model":"cnn1","momentum":0.5}', 'cnn1', 'lesion', 'none', 0.001, 10, 123, 3, 'completed',
      '2025-01-01')`);
  migrate(db, 80);
  const config = db.prepare('SELECT config FROM runs').pluck().get() as string;
  expect(JSON.parse(config)).toEqual({ model: 'cnn1', momentum: 0.5, oneDnn: false });
  db.close();
});
