import { beforeEach, describe, expect, test } from 'vitest';
import type { RunStatus } from '../../src-main/contract/schema/run.ts';
import { listArtifacts, setArtifacts } from '../../src-main/store/artifacts.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { listEpochs, recordEpoch } from '../../src-main/store/epochs.ts';
import type { Db } from '../../src-main/store/open.ts';
import { listRuns } from '../../src-main/store/run-list.ts';
import {
  addRunWarning,
  deleteRun,
  getRun,
  insertRun,
  setRunEnvironment,
  setRunLabels,
  setRunResult,
  setRunStatus,
} from '../../src-main/store/runs.ts';
import { getRunSplit, setRunSplit } from '../../src-main/store/splits.ts';
import { sampleConfig, sampleEpoch, sampleManifest, sampleReport } from './samples.ts';
import { temporaryDatabase } from './temporary.ts';

const at = (minute: number) => new Date(Date.UTC(2025, 2, 1, 10, minute)).toISOString();

let db: Db;
beforeEach(() => {
  db = temporaryDatabase();
  insertDataset(db, { manifest: sampleManifest(), importedAt: at(0) });
});

const start = (config = sampleConfig()) =>
  insertRun(db, { name: config.model, datasetId: 1, datasetHash: 'h', config, createdAt: at(0) });
const move = (id: number, ...statuses: RunStatus[]) => {
  for (const to of statuses) setRunStatus(db, id, { to, at: at(1) });
};
const query = { order: 'newest' } as const;

describe('a run', () => {
  test('keeps its whole configuration', () => {
    const config = sampleConfig({ trainableLayers: 23, headDropout: 0.3, splitFile: 'split.csv' });
    expect(getRun(db, start(config)).config).toEqual(config);
  });

  test('goes from queued to running to completed, with the times', () => {
    const id = start();
    expect(getRun(db, id)).toMatchObject({ status: 'queued', startedAt: null, endedAt: null });
    setRunStatus(db, id, { to: 'running', at: at(1) });
    expect(getRun(db, id)).toMatchObject({ status: 'running', startedAt: at(1), endedAt: null });
    setRunStatus(db, id, { to: 'completed', at: at(2) });
    expect(getRun(db, id)).toMatchObject({ status: 'completed', startedAt: at(1), endedAt: at(2) });
  });

  test('keeps why it failed until it is resumed', () => {
    const id = start();
    move(id, 'running');
    setRunStatus(db, id, { to: 'failed', at: at(2), failure: { code: 'diverged', message: 'Loss is NaN.' } });
    expect(getRun(db, id).failure).toEqual({ code: 'diverged', message: 'Loss is NaN.' });
    setRunStatus(db, id, { to: 'queued', at: at(3) });
    expect(getRun(db, id)).toMatchObject({ status: 'queued', failure: null, endedAt: null });
  });

  test.each<[string, RunStatus[], RunStatus]>([
    ['completed twice', ['running', 'completed'], 'completed'],
    ['run again once completed', ['running', 'completed'], 'queued'],
    ['completed without having run', [], 'completed'],
    ['started while it runs', ['running'], 'running'],
    ['run without being queued again', ['running', 'interrupted'], 'running'],
  ])('cannot be %s', (_name, path, to) => {
    const id = start();
    move(id, ...path);
    const before = getRun(db, id);
    expect(() => setRunStatus(db, id, { to, at: at(5) })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(getRun(db, id)).toEqual(before);
  });

  test('that is not there is named', () => {
    expect(() => getRun(db, 99)).toThrow(
      expect.objectContaining({ code: 'not-found', message: expect.stringContaining('99') }),
    );
  });

  test('records epochs as they end and counts them', () => {
    const id = start();
    const records = [sampleEpoch(1), sampleEpoch(2, { validation: null }), sampleEpoch(3, { best: false })];
    for (const record of records) recordEpoch(db, id, record);
    expect(listEpochs(db, id)).toEqual(records);
    expect(getRun(db, id)).toMatchObject({ epochsDone: 3, bestEpoch: 2 });
  });

  test('forgets what it had done beyond an epoch that a resume tells again', () => {
    const id = start();
    for (const epoch of [1, 2, 3]) recordEpoch(db, id, sampleEpoch(epoch));
    recordEpoch(db, id, sampleEpoch(1, { learningRate: 0.5 }));
    expect(getRun(db, id).epochsDone).toBe(1);
    recordEpoch(db, id, sampleEpoch(2));
    expect(listEpochs(db, id).map(({ epoch, learningRate }) => [epoch, learningRate])).toEqual([
      [1, 0.5],
      [2, 0.0001],
    ]);
  });

  test('takes its headline from the report, and has none where a figure is undefined', () => {
    const id = start();
    const report = sampleReport({ test: 0.61, validation: null });
    setRunResult(db, id, { epochsDone: 3, bestEpoch: 2, trainingMs: 1234.5, report });
    expect(getRun(db, id)).toMatchObject({
      epochsDone: 3,
      bestEpoch: 2,
      trainingMs: 1234.5,
      testBalancedAccuracy: 0.61,
      testAccuracy: 0.8,
      validationBalancedAccuracy: null,
      validationAccuracy: 0.8,
    });
  });

  test('keeps its environment, and each warning once', () => {
    const id = start();
    const environment = {
      appVersion: '0.1.0',
      codeVersion: null,
      nodeVersion: '24.21.0',
      tensorflowVersion: '2.21.0',
      tfjsVersion: '4.22.0',
      platform: 'linux-x64',
      processor: 'some processor',
      device: 'cpu' as const,
      deviceName: 'CPU',
      intraOpThreads: 2,
      interOpThreads: 1,
    };
    setRunEnvironment(db, id, environment);
    for (const warning of ['split by image', 'class df is absent', 'split by image']) {
      addRunWarning(db, id, warning);
    }
    expect(getRun(db, id)).toMatchObject({ environment, warnings: ['split by image', 'class df is absent'] });
  });

  test('takes labels one by one', () => {
    const id = start();
    setRunLabels(db, id, { tags: ['paper', 'seed study'], starred: true });
    setRunLabels(db, id, { notes: 'second try' });
    expect(getRun(db, id)).toMatchObject({
      name: 'cnn1',
      tags: ['paper', 'seed study'],
      starred: true,
      notes: 'second try',
    });
  });

  test('lists its files', () => {
    const id = start();
    const model = { kind: 'model', path: 'model/model.json', sha256: 'a'.repeat(64), bytes: 10 } as const;
    const split = { kind: 'split', path: 'split.json', sha256: 'b'.repeat(64), bytes: 20 } as const;
    setArtifacts(db, id, [split, model]);
    expect(listArtifacts(db, id)).toEqual([model, split]);
    setArtifacts(db, id, [split]);
    expect(listArtifacts(db, id)).toEqual([split]);
  });
});

describe('splits', () => {
  const split = { train: ['a', 'b'], validation: ['c'], calibration: [], test: ['d'] };

  test('come back as they were, are kept once for equal runs, and go with the last of them', () => {
    const [first, second] = [start(), start()];
    setRunSplit(db, first, split);
    setRunSplit(db, second, split);
    expect(getRunSplit(db, second)).toEqual(split);
    const kept = db.prepare('SELECT count(*) FROM splits').pluck();
    expect(kept.get()).toBe(1);
    move(first, 'cancelled');
    move(second, 'cancelled');
    deleteRun(db, first);
    expect(getRunSplit(db, second)).toEqual(split);
    deleteRun(db, second);
    expect(kept.get()).toBe(0);
  });

  test('are null for a run that has none yet', () => {
    expect(getRunSplit(db, start())).toBeNull();
  });
});

describe('deleting a run', () => {
  test('is refused while it is queued or running', () => {
    const id = start();
    expect(() => deleteRun(db, id)).toThrow(expect.objectContaining({ code: 'conflict' }));
    move(id, 'running');
    expect(() => deleteRun(db, id)).toThrow(/Cancel it first/);
  });

  test('takes its epochs along and never gives its number again', () => {
    const id = start();
    recordEpoch(db, id, sampleEpoch(1));
    move(id, 'running', 'completed');
    deleteRun(db, id);
    expect(listEpochs(db, id)).toEqual([]);
    expect(start()).toBe(id + 1);
  });
});

describe('the list of runs', () => {
  test('shows the newest first, and can be narrowed and ordered by a figure', () => {
    const ids = [0.5, null, 0.7].map((test, index) => {
      const id = start(sampleConfig({ model: index === 2 ? 'cnn2' : 'cnn1' }));
      const report = sampleReport({ test, validation: 0.4 });
      setRunResult(db, id, { epochsDone: 3, bestEpoch: 1, trainingMs: 1, report });
      return id;
    });
    setRunLabels(db, ids[1]!, { starred: true });
    move(ids[2]!, 'running');
    const list = (more: object) => listRuns(db, { ...query, ...more }).map(({ id }) => id);
    expect(list({})).toEqual([ids[2], ids[1], ids[0]]);
    expect(list({ order: 'test-balanced-accuracy' })).toEqual([ids[2], ids[0], ids[1]]);
    expect(list({ model: 'cnn1' })).toEqual([ids[1], ids[0]]);
    expect(list({ status: 'running' })).toEqual([ids[2]]);
    expect(list({ starred: true })).toEqual([ids[1]]);
    expect(list({ datasetId: 7 })).toEqual([]);
    expect(list({ limit: 1 })).toEqual([ids[2]]);
  });

  test('has the headline of each run, with the name of its dataset', () => {
    const id = start(sampleConfig({ seed: 7, batchSize: 10 }));
    setRunLabels(db, id, { tags: ['a'] });
    expect(listRuns(db, query)).toMatchObject([
      { id, datasetName: 'sample', model: 'cnn1', seed: 7, batchSize: 10, synthetic: false, tags: ['a'] },
    ]);
  });
});
