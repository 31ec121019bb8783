import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Artifact } from '../../src-main/contract/schema/run.ts';
import { setArtifacts } from '../../src-main/store/artifacts.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';

async function startRun(app: OpenedApp, settings: Record<string, unknown> = {}) {
  const [known] = await app.client.call('dataset.list', {});
  const { dataset } = known
    ? { dataset: known }
    : await app.client.call('dataset.import', { root: '/data/sample' });
  return app.client.call('run.start', { datasetId: dataset.id, settings: { model: 'cnn1', ...settings } });
}

/** Resolves when a run (any, unless one is named) is in this epoch. */
const progressOf = (app: OpenedApp, wanted: number, run?: number) =>
  new Promise<void>((resolve) =>
    app.client.on('run.progress', ({ id, progress }) => {
      if (progress.epoch === wanted && (run ?? id) === id) resolve();
    }),
  );

describe('a run', () => {
  test('is trained in a worker and remembered whole', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder);
    const epochs: number[] = [];
    app.client.on('run.epoch', ({ epoch }) => epochs.push(epoch.epoch));
    const { id } = await startRun(app);
    const run = await app.ended(id);
    expect(run).toMatchObject({
      status: 'completed',
      failure: null,
      epochsDone: 3,
      bestEpoch: 1,
      testBalancedAccuracy: 0.7,
      validationBalancedAccuracy: 0.6,
      environment: { tensorflowVersion: 'none' },
    });
    expect(epochs).toEqual([1, 2, 3]);
    await app.close();

    const again = openApp(folder);
    const detail = await again.client.call('run.get', { id });
    expect(detail.run).toEqual(run);
    expect(detail.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(detail.evaluations).toMatchObject([{ source: 'training', runId: id }]);
    expect(await again.client.call('run.report', { id })).toMatchObject({ parts: [{ part: 'test' }, {}] });
    expect(await again.client.call('run.predictions', { id })).toHaveLength(2);
    expect(await again.client.call('run.split', { id })).toMatchObject({ test: ['image-0', 'image-1'] });
    expect(await again.client.call('run.list', {})).toMatchObject([{ id, status: 'completed' }]);
  });

  test('gets the thread counts of its configuration in the environment of its worker', async () => {
    const app = openApp(temporaryFolder());
    const { id } = await startRun(app, { intraOpThreads: 7, interOpThreads: 3 });
    expect((await app.ended(id)).warnings).toEqual(['threads 7/3']);
  });

  test('takes the preset of its model, under the settings that were given', async () => {
    const app = openApp(temporaryFolder());
    const resolve = (preset: 'default' | 'published', settings: object) =>
      app.client.call('run.resolve', { preset, settings: { model: 'cnn1', ...settings } });
    expect(await resolve('default', {})).toMatchObject({ epochs: 3, splitMethod: 'lesion' });
    expect(await resolve('published', { epochs: 2 })).toMatchObject({
      epochs: 2,
      batchSize: 10,
      splitMethod: 'image',
    });
  });

  test('says of a split by image what it is, whatever preset it began from', async () => {
    const app = openApp(temporaryFolder());
    const settings = { model: 'cnn1', splitMethod: 'image' };
    expect(await app.client.call('run.resolve', { preset: 'default', settings })).toMatchObject({
      trainFraction: 0.675,
      validationFraction: 0.075,
      calibrationFraction: 0,
      testFraction: 0.25,
    });
  });

  test('may use test statistics under the published preset', async () => {
    const app = openApp(temporaryFolder());
    const settings = { model: 'cnn1', zScoreTest: 'own' };
    const config = await app.client.call('run.resolve', { preset: 'published', settings });
    expect(config.zScoreTest).toBe('own');
  });

  test('waits until the one before it has ended', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    const first = await startRun(app);
    const second = await startRun(app);
    expect((await app.client.call('run.get', { id: second.id })).run.status).toBe('queued');
    await app.client.call('run.cancel', { id: first.id });
    const { endedAt } = await app.ended(first.id);
    await progressOf(app, 2, second.id);
    const { run } = await app.client.call('run.get', { id: second.id });
    expect(run.status).toBe('running');
    expect(run.startedAt! >= endedAt!).toBe(true);
  });

  test('has its split from its start on, so that one that is killed has it too', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    await startRun(app);
    const { id } = await startRun(app);
    expect((await app.client.call('run.get', { id })).run.status).toBe('queued');
    expect(await app.client.call('run.split', { id })).toMatchObject({ test: ['image-0', 'image-1'] });
  });

  test('that is cancelled stops after its step, keeps its epochs, and goes on when resumed', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const { id } = await startRun(app);
    await progressOf(app, 2);
    await app.client.call('run.cancel', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'cancelled', failure: null, epochsDone: 1 });
    expect((await app.client.call('run.get', { id })).epochs).toHaveLength(1);
    await app.close();

    const again = openApp(folder);
    await again.client.call('run.resume', { id });
    expect(await again.ended(id)).toMatchObject({ status: 'completed', epochsDone: 3 });
    const { epochs } = await again.client.call('run.get', { id });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  test('that goes on has no longer the files, by their hashes, that it had when it was stopped', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const { id } = await startRun(app);
    await progressOf(app, 2);
    await app.client.call('run.cancel', { id });
    await app.ended(id);
    await app.close();
    const db = openDatabase(join(folder, 'lesion-lab.sqlite'));
    const artifact = (kind: Artifact['kind'], path: string) => ({
      kind,
      path,
      sha256: '0'.repeat(64),
      bytes: 1,
    });
    setArtifacts(db, id, [artifact('split', 'split.json'), artifact('checkpoint', 'checkpoint/epoch')]);
    db.close();

    const again = openApp(folder, { behaviour: 'hold' });
    const goesOn = progressOf(again, 2);
    await again.client.call('run.resume', { id });
    await goesOn;
    const { artifacts } = await again.client.call('run.get', { id });
    expect(artifacts.map(({ kind }) => kind)).toEqual(['split']);
  });

  test('that is cancelled while it waits never starts', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'hold' });
    await startRun(app);
    const second = await startRun(app);
    await app.client.call('run.cancel', { id: second.id });
    expect(await app.ended(second.id)).toMatchObject({ status: 'cancelled', startedAt: null });
  });

  test('whose worker does not listen to a cancel is ended after the grace period', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'deaf', cancelGraceMs: 100 });
    const { id } = await startRun(app);
    await progressOf(app, 2);
    await app.client.call('run.cancel', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'cancelled', failure: null, epochsDone: 1 });
  });

  test('that fails says why and keeps its history', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'diverge' });
    const { id } = await startRun(app);
    expect(await app.ended(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'diverged', message: 'The loss became NaN at epoch 2.' },
      epochsDone: 1,
    });
    expect((await app.client.call('run.get', { id })).epochs).toHaveLength(1);
  });

  test('whose worker is killed with -9 is failed with worker-died and can be resumed', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'deaf' });
    const { id } = await startRun(app);
    await progressOf(app, 2);
    app.workers.at(-1)!.kill();
    expect(await app.ended(id)).toMatchObject({
      status: 'failed',
      failure: { code: 'worker-died', message: expect.stringMatching(/SIGKILL(?!.*oneDNN)/s) },
      epochsDone: 1,
    });
    await app.close();

    const again = openApp(folder);
    await again.client.call('run.resume', { id });
    expect(await again.ended(id)).toMatchObject({ status: 'completed', failure: null, epochsDone: 3 });
  });

  test('whose worker is killed while it held nearly all memory is reported as out of memory', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'bloat' });
    const { id } = await startRun(app);
    await new Promise<void>((resolve) =>
      app.client.on('run.progress', ({ progress }) => {
        if (progress.residentBytes > 1e12) resolve();
      }),
    );
    app.workers.at(-1)!.kill();
    expect((await app.ended(id)).failure).toEqual({
      code: 'out-of-memory',
      message: expect.stringContaining('smaller batch'),
    });
  });

  test('whose worker crashes brings its last words', async () => {
    const app = openApp(temporaryFolder(), { behaviour: 'gasp' });
    const { id } = await startRun(app);
    expect((await app.ended(id)).failure).toMatchObject({
      code: 'worker-died',
      message: expect.stringContaining('something impossible happened'),
    });
  });

  test('is deleted with its files, and the space that this frees is told', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder);
    const { id } = await startRun(app);
    await app.ended(id);
    expect(existsSync(join(folder, 'runs', String(id), 'model'))).toBe(true);
    const { freedBytes } = await app.client.call('run.delete', { id });
    expect(freedBytes).toBeGreaterThan(1000);
    expect(existsSync(join(folder, 'runs', String(id)))).toBe(false);
    await expect(app.client.call('run.get', { id })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('cannot be resumed or deleted while it runs, nor resumed or cancelled once completed', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const { id } = await startRun(app);
    await expect(app.client.call('run.resume', { id })).rejects.toMatchObject({ code: 'conflict' });
    await expect(app.client.call('run.delete', { id })).rejects.toMatchObject({ code: 'conflict' });
    await app.close();

    const again = openApp(folder);
    await again.client.call('run.resume', { id });
    await again.ended(id);
    await expect(again.client.call('run.resume', { id })).rejects.toThrow(/nothing to resume/);
    await expect(again.client.call('run.cancel', { id })).rejects.toThrow(/completed already/);
  });
});

describe('a run with a split from a file', () => {
  test('keeps what the file said when it was started, whatever becomes of it while the run waits', async () => {
    const folder = temporaryFolder();
    const app = openApp(folder, { behaviour: 'hold' });
    const first = await startRun(app);
    await progressOf(app, 2);
    const splitFile = join(folder, 'split.csv');
    writeFileSync(splitFile, 'image-7\nimage-8\n');
    const { id, warnings } = await startRun(app, { splitMethod: 'file', splitFile });
    expect(warnings).toEqual(['The file names no calibration part.']);
    writeFileSync(splitFile, 'image-9\n');
    expect(await app.client.call('run.split', { id })).toMatchObject({ test: ['image-7', 'image-8'] });
    await app.client.call('run.cancel', { id: first.id });
    await progressOf(app, 2, id);
    await app.client.call('run.cancel', { id });
    await app.ended(id);
    expect(await app.client.call('run.split', { id })).toMatchObject({ test: ['image-7', 'image-8'] });
    const kept = readFileSync(join(folder, 'runs', String(id), 'split.json'), 'utf8');
    expect(JSON.parse(kept).test).toEqual(['image-7', 'image-8']);
  });
});

describe('starting a run', () => {
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an unknown model', { model: 'cnn3' }, 'not-found', /did you mean "cnn1"/],
    ['an unknown key', { learningRat: 0.1 }, 'bad-input', /did you mean "learningRate"/],
    ['a learning rate of 0', { learningRate: 0 }, 'bad-input', /"learningRate"/],
    ['a learning rate of -1', { learningRate: -1 }, 'bad-input', /"learningRate"/],
    ['images smaller than the model takes', { imageWidthPx: 4 }, 'bad-input', /at least 8 x 8/],
    ['fractions that do not sum to 1', { testFraction: 0.9 }, 'bad-input', /sum to 1.7/],
    [
      'test statistics without the published preset',
      { normalisation: 'z-score', zScoreTest: 'own' },
      'bad-input',
      /published preset/,
    ],
    [
      'fractions of its own for the split by image',
      { splitMethod: 'image', testFraction: 0.4 },
      'bad-input',
      /published protocol/,
    ],
    ['a fold beyond the folds', { splitMethod: 'k-fold', fold: 5 }, 'bad-input', /below "folds"/],
    ['a split file without a path', { splitMethod: 'file' }, 'bad-input', /"splitFile"/],
    ['a model file without a path', { model: 'file' }, 'bad-input', /"modelFile"/],
  ])('with %s is refused and leaves no run', async (_name, settings, code, message) => {
    const app = openApp(temporaryFolder());
    const start = startRun(app, settings);
    await expect(start).rejects.toMatchObject({ code });
    await expect(start).rejects.toThrow(message);
    expect(await app.client.call('run.list', {})).toEqual([]);
  });

  test('that could not begin says why to whoever asked, leaves no run, and lets others train', async () => {
    const folder = temporaryFolder();
    const start = startRun(openApp(folder, { behaviour: 'refuse' }));
    await expect(start).rejects.toMatchObject({ code: 'bad-split', message: expect.stringContaining('mel') });
    const other = openApp(folder);
    expect(await other.client.call('run.list', {})).toEqual([]);
    const { id } = await startRun(other);
    expect(id).toBe(1);
    expect(await other.ended(id)).toMatchObject({ status: 'completed' });
  });

  test('with a model file that cannot be copied leaves no run', async () => {
    const app = openApp(temporaryFolder());
    const start = startRun(app, { model: 'file', modelFile: '/nowhere/own.json' });
    await expect(start).rejects.toMatchObject({ code: 'not-found' });
    expect(await app.client.call('run.list', {})).toEqual([]);
  });

  test("of a person's own model has no published preset to begin from", async () => {
    const app = openApp(temporaryFolder());
    const settings = { model: 'file', modelFile: 'own.json' };
    const resolved = app.client.call('run.resolve', { preset: 'published', settings });
    await expect(resolved).rejects.toThrow(/no published settings/);
  });

  test('on a dataset that is not there is refused', async () => {
    const app = openApp(temporaryFolder());
    const start = app.client.call('run.start', { datasetId: 9, settings: { model: 'cnn1' } });
    await expect(start).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('two processes on one data folder', () => {
  const trainElsewhere = async (folder: string) => {
    const file = fileURLToPath(new URL('fixtures/training-host.ts', import.meta.url));
    const host = fork(file, [folder], { execArgv: [] });
    onTestFinished(() => {
      host.kill('SIGKILL');
    });
    const [id] = (await once(host, 'message')) as [number];
    return { host, id };
  };

  test('do not train at once; the second may read', async () => {
    const folder = temporaryFolder();
    const { host, id } = await trainElsewhere(folder);
    const app = openApp(folder);
    expect(await app.client.call('run.list', {})).toMatchObject([{ id, status: 'running' }]);
    const start = startRun(app);
    await expect(start).rejects.toMatchObject({ code: 'locked' });
    await expect(start).rejects.toThrow(String(host.pid));
    await expect(app.client.call('run.cancel', { id })).rejects.toThrow(/another process/);
    await expect(app.client.call('run.delete', { id })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a host killed with -9 leaves an interrupted run, which the next one resumes', async () => {
    const folder = temporaryFolder();
    const { host, id } = await trainElsewhere(folder);
    host.kill('SIGKILL');
    await once(host, 'exit');
    const app = openApp(folder);
    expect((await app.client.call('run.get', { id })).run).toMatchObject({
      status: 'interrupted',
      epochsDone: 1,
    });
    await app.client.call('run.resume', { id });
    expect(await app.ended(id)).toMatchObject({ status: 'completed', epochsDone: 3 });
  });
});

test('a data folder that is a file is refused by name', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => openApp(file)).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(file) }),
  );
});
