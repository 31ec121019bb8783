import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { insertDataset, listDatasets } from '../../src-main/store/datasets.ts';
import { NEWEST_VERSION } from '../../src-main/store/migrate.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { tryLock } from '../../src-main/store/process-lock.ts';
import { explainSqliteError } from '../../src-main/store/sqlite-error.ts';
import { lockFromAnotherProcess } from './lock-elsewhere.ts';
import { sampleManifest } from './samples.ts';
import { temporaryFolder } from './temporary.ts';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe('opening a database', () => {
  test('makes a new one, with WAL and foreign keys, and finds its rows again', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    const first = openDatabase(file);
    expect(first.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(first.pragma('foreign_keys', { simple: true })).toBe(1);
    insertDataset(first, { manifest: sampleManifest(), importedAt: '2025-01-01T00:00:00.000Z' });
    first.close();

    const second = openDatabase(file);
    expect(listDatasets(second).map(({ name }) => name)).toEqual(['sample']);
    second.close();
  });

  test('two at once see the same rows', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    const one = openDatabase(file);
    const two = openDatabase(file);
    insertDataset(one, { manifest: sampleManifest(), importedAt: '2025-01-01T00:00:00.000Z' });
    expect(listDatasets(two)).toHaveLength(1);
    one.close();
    two.close();
  });

  test('refuses one from a newer version and leaves every byte as it is', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    openDatabase(file).close();
    const db = new Database(file);
    db.pragma(`user_version = ${NEWEST_VERSION + 10}`);
    db.close();
    const before = { bytes: readFileSync(file), modified: statSync(file).mtimeMs };

    expect(() => openDatabase(file)).toThrow(
      expect.objectContaining({
        code: 'newer-version',
        message: expect.stringContaining(`${NEWEST_VERSION + 10}`),
      }),
    );
    expect(readFileSync(file).equals(before.bytes)).toBe(true);
    expect(statSync(file).mtimeMs).toBe(before.modified);
  });

  test('says that it is locked when another process holds it exclusively, and opens once that is gone', async () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    openDatabase(file).close();
    const holder = await lockFromAnotherProcess('database', file);
    expect(() => openDatabase(file, { busyTimeoutMs: 50 })).toThrow(
      expect.objectContaining({ code: 'locked', message: expect.stringContaining(file) }),
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    openDatabase(file).close();
  });

  test('says corrupt for a file that is no database', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    writeFileSync(file, 'image_id,dx\n'.repeat(1000));
    expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(readFileSync(file, 'utf8')).toContain('image_id,dx');
  });

  test('says corrupt for a truncated database', () => {
    const file = join(temporaryFolder(), 'history.sqlite');
    openDatabase(file).close();
    truncateSync(file, 5000);
    expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  test.skipIf(process.platform === 'win32')('says read-only for a folder that cannot be written', () => {
    const folder = temporaryFolder();
    const open = (file: string) =>
      execFileSync(process.execPath, [fixture('open-as-stranger.ts'), file], { encoding: 'utf8' });

    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const full = join(folder, 'full');
    mkdirSync(full);
    openDatabase(join(full, 'history.sqlite')).close();
    for (const path of [join(full, 'history.sqlite'), empty, full]) chmodSync(path, 0o555);
    chmodSync(folder, 0o755);

    expect(open(join(empty, 'history.sqlite'))).toMatch(/^read-only: .*writable/);
    expect(open(join(full, 'history.sqlite'))).toMatch(/^read-only: .*writable/);
    for (const path of [empty, full]) chmodSync(path, 0o755);
  });
});

test('a full disk is named, and what was stored before is kept', () => {
  const file = join(temporaryFolder(), 'history.sqlite');
  const db = openDatabase(file);
  const importedAt = '2025-01-01T00:00:00.000Z';
  insertDataset(db, { manifest: sampleManifest(), importedAt });
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  const images = Array.from({ length: 2000 }, (_, index) => ({
    ...sampleManifest().images[0]!,
    imageId: `image-${index}`,
  }));
  const failure = (() => {
    try {
      return insertDataset(db, { manifest: sampleManifest({ name: 'large', images }), importedAt });
    } catch (thrown) {
      return explainSqliteError(thrown, file);
    }
  })();
  expect(failure).toMatchObject({ code: 'disk-full', message: expect.stringContaining(file) });
  expect(listDatasets(db).map(({ name }) => name)).toEqual(['sample']);
  db.close();
});

describe('the lock of a data folder', () => {
  test('is held by one at a time and can be taken again after a release', () => {
    const file = join(temporaryFolder(), 'training.lock');
    const first = tryLock(file);
    expect(first).toHaveProperty('lock');
    expect(tryLock(file)).toEqual({ heldBy: process.pid });
    if ('lock' in first) first.lock.release();
    const again = tryLock(file);
    expect(again).toHaveProperty('lock');
    if ('lock' in again) again.lock.release();
  });

  test('names the process that holds it, and is free as soon as that is killed', async () => {
    const file = join(temporaryFolder(), 'training.lock');
    const holder = await lockFromAnotherProcess('process-lock', file);
    expect(tryLock(file)).toEqual({ heldBy: holder.pid });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const mine = tryLock(file);
    expect(mine).toHaveProperty('lock');
    if ('lock' in mine) mine.lock.release();
  });
});
