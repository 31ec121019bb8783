/** Another program holds the history (an open transaction of a database browser, a backup) while this one has something to write. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { patiently } from '../../src-main/store/patiently.ts';
import { insertRun, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleManifest } from '../store/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';

const databaseOf = (folder: string) => join(folder, 'lesion-lab.sqlite');

/** Holds the history for writing. @returns lets go of it */
function holdHistory(folder: string): () => void {
  const other = new Database(databaseOf(folder));
  other.exec('BEGIN IMMEDIATE');
  const letGo = () => {
    if (other.open) other.close();
  };
  onTestFinished(letGo);
  return letGo;
}

async function startedRun(app: OpenedApp): Promise<number> {
  const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
  const inEpoch2 = new Promise<void>((resolve) =>
    app.client.on('run.progress', ({ progress }) => {
      if (progress.epoch === 2) resolve();
    }),
  );
  const firstRecorded = new Promise<void>((resolve) => app.client.on('run.epoch', () => resolve()));
  const { id } = await app.client.call('run.start', { datasetId: dataset.id, settings: { model: 'cnn1' } });
  await Promise.all([firstRecorded, inEpoch2]);
  return id;
}

const runOf = async (app: OpenedApp, id: number) => (await app.client.call('run.get', { id })).run;

describe('a run that trains meanwhile', () => {
  test('goes on, and is recorded to its end once the history is free', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'wait' });
    const id = await startedRun(app);
    const letGo = holdHistory(folder);
    await app.client.call('run.stop-after-epoch', { id, thenReport: true });
    await sleep(1000);
    expect(await runOf(app, id)).toMatchObject({ status: 'running', epochsDone: 1 });
    letGo();
    expect(await app.ended(id)).toMatchObject({ status: 'completed', epochsDone: 2 });
    expect((await app.client.call('run.get', { id })).epochs).toHaveLength(2);
    expect(await app.client.call('run.report', { id })).not.toBeNull();
  });

  test('and is stopped tells of an end that could not be recorded, and can be resumed later', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const id = await startedRun(app);
    const letGo = holdHistory(folder);
    const told = new Promise<RunRecord>((resolve) =>
      app.client.on('run.changed', ({ run }) => {
        if (run.status === 'interrupted') resolve(run);
      }),
    );
    await app.client.call('run.cancel', { id });
    const failure = { code: 'locked', message: expect.stringContaining(databaseOf(folder)) };
    expect(await told).toMatchObject({ id, epochsDone: 1, failure });
    letGo();
    expect(await app.client.call('run.resume', { id })).toMatchObject({ id, epochsDone: 1, failure: null });
  });
});

describe('a run whose process is dead', () => {
  function storeDeadRun(folder: string, name = 'sample'): number {
    const db = openDatabase(databaseOf(folder));
    const manifest = sampleManifest({ name });
    const createdAt = '2025-01-01T00:00:00.000Z';
    const datasetId = insertDataset(db, { manifest, importedAt: createdAt });
    const config = sampleConfig();
    const id = insertRun(db, { name: 'dead', datasetId, datasetHash: manifest.hash, config, createdAt });
    setRunStatus(db, id, { to: 'running', at: createdAt });
    db.close();
    return id;
  }

  test('keeps nobody from reading a history that cannot be written', async () => {
    const folder = temporaryFolder();
    const id = storeDeadRun(folder);
    holdHistory(folder);
    expect(await openApp(folder).client.call('run.list', {})).toMatchObject([{ id }]);
  });

  test('can be deleted or resumed by an application that was open before', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder);
    const id = storeDeadRun(folder);
    expect(await runOf(app, id)).toMatchObject({ status: 'running' });
    await app.client.call('run.resume', { id });
    await app.ended(id);
    const other = storeDeadRun(folder, 'another');
    await app.client.call('run.delete', { id: other });
    expect(await app.client.call('run.list', {})).toMatchObject([{ id }]);
  });
});

describe('patience', () => {
  test('ends after its time with what the history says', async () => {
    const folder = temporaryFolder();
    const db = openDatabase(databaseOf(folder), { busyTimeoutMs: 1 });
    onTestFinished(() => {
      db.close();
    });
    const write = () => db.prepare('DELETE FROM runs').run().changes;
    const letGo = holdHistory(folder);
    await expect(patiently(db, write, { limitMs: 20 })).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    const written = patiently(db, write);
    letGo();
    expect(await written).toBe(0);
    expect(db.pragma('busy_timeout', { simple: true })).toBe(1);
  });
});
