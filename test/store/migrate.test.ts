import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS, migrate, NEWEST_VERSION, schemaVersion } from '../../src-main/store/migrate.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { temporaryFolder } from './temporary.ts';

function databaseAt(version: number): Database.Database {
  const db = new Database(':memory:');
  onTestFinished(() => {
    db.close();
  });
  db.pragma('foreign_keys = ON');
  migrate(db, version);
  expect(schemaVersion(db)).toBe(version);
  return db;
}

const tables = (db: Database.Database) =>
  db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all();

const DATASET = `INSERT INTO datasets VALUES
  (1, 'ham', '/data/ham', 'ham10000', 0, '[]', '[]', '[]', 2, 1, 0, 'abc', '2025-01-01T00:00:00.000Z')`;
const RUN = `INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights,
  learning_rate, batch_size, seed, epochs, status, created_at)
  VALUES ('first', 1, 'abc', '{}', 'cnn1', 'lesion', 'none', 0.001, 10, 123, 3, 'completed', '2025-01-01')`;

describe('migrations', () => {
  test('are numbered upwards, each once', () => {
    const versions = MIGRATIONS.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  test('0 → 10 makes datasets; an image is kept once a dataset and goes with it', () => {
    const db = databaseAt(10);
    expect(tables(db)).toEqual(['dataset_images', 'dataset_problems', 'datasets']);
    db.exec(DATASET);
    const image = `INSERT INTO dataset_images VALUES
      (1, ?, ?, 'a.jpg', 0, 'L1', NULL, NULL, NULL, NULL, 600, 450, 'c', 'p')`;
    db.prepare(image).run(0, 'a');
    expect(() => db.prepare(image).run(1, 'a')).toThrow(/UNIQUE/);
    db.exec('DELETE FROM datasets');
    expect(db.prepare('SELECT count(*) FROM dataset_images').pluck().get()).toBe(0);
  });

  test('10 → 20 adds runs and keeps the datasets; a dataset with runs cannot be deleted', () => {
    const db = databaseAt(10);
    db.exec(DATASET);
    const before = db.prepare('SELECT * FROM datasets').all();
    migrate(db, 20);
    expect(db.prepare('SELECT * FROM datasets').all()).toEqual(before);
    expect(tables(db)).toEqual([
      'artifacts',
      'dataset_images',
      'dataset_problems',
      'datasets',
      'epochs',
      'runs',
      'splits',
    ]);
    db.exec(RUN);
    expect(() => db.exec('DELETE FROM datasets')).toThrow(/FOREIGN KEY/);
    db.exec('DELETE FROM runs');
    db.exec(RUN);
    expect(db.prepare('SELECT id FROM runs').pluck().all()).toEqual([2]);
  });

  test('20 → 30 adds evaluations and keeps the runs; predictions go with their run', () => {
    const db = databaseAt(20);
    db.exec(DATASET);
    db.exec(RUN);
    const before = db.prepare('SELECT * FROM runs').all();
    migrate(db, 30);
    expect(db.prepare('SELECT * FROM runs').all()).toEqual(before);
    db.exec("INSERT INTO evaluations VALUES (1, 1, 1, 'training', '{}', '2025-01-01')");
    db.exec("INSERT INTO predictions VALUES (1, 'test', 0, 'a', 'L1', NULL, x'00')");
    db.exec('DELETE FROM runs');
    expect(db.prepare('SELECT count(*) FROM predictions').pluck().get()).toBe(0);
  });

  test('30 → 40 adds settings and keeps the evaluations', () => {
    const db = databaseAt(30);
    db.exec(DATASET);
    db.exec(RUN);
    db.exec("INSERT INTO evaluations VALUES (1, 1, 1, 'training', '{}', '2025-01-01')");
    const before = db.prepare('SELECT * FROM evaluations').all();
    migrate(db, 40);
    expect(db.prepare('SELECT * FROM evaluations').all()).toEqual(before);
    expect(tables(db)).toContain('settings');
  });

  test('a migration that fails leaves the version before it whole', () => {
    const db = databaseAt(10);
    db.exec('CREATE TABLE epochs (in_the_way TEXT)');
    expect(() => migrate(db)).toThrow(/epochs/);
    expect(schemaVersion(db)).toBe(10);
    expect(tables(db)).not.toContain('runs');
  });

  test('an old database is brought to the newest version when it is opened', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    const old = new Database(file);
    migrate(old, 10);
    old.exec(DATASET);
    old.close();
    const db = openDatabase(file);
    expect(schemaVersion(db)).toBe(NEWEST_VERSION);
    expect(db.prepare('SELECT name FROM datasets').pluck().all()).toEqual(['ham']);
    db.close();
  });
});
