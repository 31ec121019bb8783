import { beforeEach, describe, expect, test } from 'vitest';
import { insertDataset } from '../../src-main/store/datasets.ts';
import {
  findTrainingEvaluation,
  getEvaluation,
  getReport,
  insertEvaluation,
  listEvaluations,
  listPredictionParts,
  listPredictions,
} from '../../src-main/store/evaluations.ts';
import type { Db } from '../../src-main/store/open.ts';
import { insertRun } from '../../src-main/store/runs.ts';
import { readSettings, writeSettings } from '../../src-main/store/settings.ts';
import { sampleConfig, sampleManifest, samplePredictions, sampleReport } from './samples.ts';
import { temporaryDatabase } from './temporary.ts';

const createdAt = '2025-03-01T10:00:00.000Z';
let db: Db;
let runId: number;
beforeEach(() => {
  db = temporaryDatabase();
  const datasetId = insertDataset(db, { manifest: sampleManifest(), importedAt: createdAt });
  runId = insertRun(db, { name: 'r', datasetId, datasetHash: 'h', config: sampleConfig(), createdAt });
});

const store = (source: 'training' | 'external', test: number, predictions = samplePredictions(4)) =>
  insertEvaluation(db, {
    runId,
    datasetId: 1,
    source,
    createdAt,
    report: sampleReport({ test, validation: null }),
    predictions: [{ part: 'test', predictions }],
  });

describe('evaluations', () => {
  test('give back the report and every prediction, bit for bit and in order', () => {
    const predictions = samplePredictions(2500);
    const id = store('training', 0.6, predictions);
    expect(getReport(db, id)).toEqual(sampleReport({ test: 0.6, validation: null }));
    expect(listPredictions(db, id, 'test')).toEqual(predictions);
    expect(listPredictions(db, id, 'train')).toEqual([]);
    expect(listPredictionParts(db, id)).toEqual(['test']);
  });

  test('of the own parts are replaced, those on other sets are added', () => {
    expect(findTrainingEvaluation(db, runId)).toBeNull();
    store('training', 0.1);
    const other = store('external', 0.2);
    const own = store('training', 0.3);
    expect(listEvaluations(db, runId).map(({ id }) => id)).toEqual([own, other]);
    expect(findTrainingEvaluation(db, runId)).toEqual({
      id: own,
      runId,
      datasetId: 1,
      source: 'training',
      createdAt,
    });
    expect(getEvaluation(db, other).source).toBe('external');
  });

  test('that are not there are named', () => {
    expect(() => getReport(db, 5)).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => getEvaluation(db, 5)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('settings', () => {
  test('have the usual values until they are changed, key by key', () => {
    expect(readSettings(db)).toEqual({
      theme: 'system',
      reducedMotion: null,
      historyColumns: null,
      acceptedLicences: [],
    });
    writeSettings(db, { theme: 'dark', historyColumns: ['id', 'model'] });
    writeSettings(db, { theme: 'light' });
    expect(readSettings(db)).toEqual({
      theme: 'light',
      reducedMotion: null,
      historyColumns: ['id', 'model'],
      acceptedLicences: [],
    });
  });

  test('keep each licence that was accepted, once, whatever other windows accept', () => {
    for (const hash of ['ab', 'cd', 'ab']) writeSettings(db, { acceptLicence: hash });
    writeSettings(db, { theme: 'dark' });
    expect(readSettings(db)).toMatchObject({ theme: 'dark', acceptedLicences: ['ab', 'cd'] });
  });
});
