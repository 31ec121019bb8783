import { beforeEach, describe, expect, test } from 'vitest';
import {
  RunPageQuery as Query,
  type RunFilter,
  type RunPageQuery,
} from '../../src-main/contract/schema/history.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import type { Db } from '../../src-main/store/open.ts';
import { listRunFacets, listRunIds, listRunPage } from '../../src-main/store/run-list.ts';
import { listSeeds, listSettingPoints } from '../../src-main/store/run-settings.ts';
import { insertRun, setRunLabels, setRunResult, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleManifest, sampleReport } from './samples.ts';
import { temporaryDatabase } from './temporary.ts';

const day = (number: number) => new Date(Date.UTC(2025, 0, number)).toISOString();

let db: Db;
beforeEach(() => {
  db = temporaryDatabase();
  insertDataset(db, { manifest: sampleManifest(), importedAt: day(1) });
  insertDataset(db, {
    manifest: sampleManifest({ name: 'other', hash: 'f'.repeat(64) }),
    importedAt: day(1),
  });
});

function add(
  name: string,
  options: {
    datasetId?: number;
    config?: Parameters<typeof sampleConfig>[0];
    test?: number | null;
    createdAt?: string;
    completed?: boolean;
  } = {},
): number {
  const {
    datasetId = 1,
    config,
    test: figure,
    createdAt = day(1),
    completed = figure !== undefined,
  } = options;
  const datasetHash = datasetId === 1 ? sampleManifest().hash : 'f'.repeat(64);
  const id = insertRun(db, { name, datasetId, datasetHash, config: sampleConfig(config), createdAt });
  if (figure !== undefined) {
    const report = sampleReport({ test: figure, validation: null });
    setRunResult(db, id, { epochsDone: 3, bestEpoch: 1, trainingMs: 1000, report });
  }
  if (completed) for (const to of ['running', 'completed'] as const) setRunStatus(db, id, { to, at: day(2) });
  return id;
}

const page = (query: Parameters<typeof Query.parse>[0] = {}) => listRunPage(db, Query.parse(query));
const found = (filter: Partial<RunFilter>) =>
  page({ filter })
    .runs.map(({ name }) => name)
    .sort();

describe('a page of the history', () => {
  test('is a part of the whole in its order, with the number of all', () => {
    for (let number = 1; number <= 7; number++) add(`run ${number}`, { createdAt: day(number) });
    const second = page({ offset: 2, limit: 3 });
    expect(second).toMatchObject({ total: 7, offset: 2 });
    expect(second.runs.map(({ name }) => name)).toEqual(['run 5', 'run 4', 'run 3']);
    expect(page({ offset: 6, limit: 3 }).runs.map(({ name }) => name)).toEqual(['run 1']);
    expect(page({ offset: 9 })).toMatchObject({ total: 7, runs: [] });
  });

  test.each<[RunPageQuery['sort'], string[]]>([
    [{ by: 'testBalancedAccuracy', descending: true }, ['good', 'bad', 'none']],
    [{ by: 'testBalancedAccuracy', descending: false }, ['bad', 'good', 'none']],
    [{ by: 'name', descending: false }, ['bad', 'good', 'none']],
    [{ by: 'learningRate', descending: true }, ['bad', 'none', 'good']],
    [{ by: 'createdAt', descending: true }, ['none', 'bad', 'good']],
  ])('is sorted by %o, runs without the figure last', (sort, names) => {
    add('good', { test: 0.9, config: { learningRate: 0.001 }, createdAt: day(1) });
    add('bad', { test: 0.2, config: { learningRate: 0.1 }, createdAt: day(2) });
    add('none', { config: { learningRate: 0.01 }, createdAt: day(3) });
    expect(page({ sort }).runs.map(({ name }) => name)).toEqual(names);
    expect(listRunIds(db, { search: '' }, sort)).toEqual(page({ sort }).runs.map(({ id }) => id));
  });

  test.each([false, true])(
    'is sorted by name as a person counts, also once renamed (descending: %s)',
    (descending) => {
      for (const name of ['run 10', 'Run 2', 'run 1', 'run 100']) add(name);
      setRunLabels(db, add('first'), { name: 'run 20' });
      const names = ['run 1', 'Run 2', 'run 10', 'run 20', 'run 100'];
      const sorted = page({ sort: { by: 'name', descending } }).runs.map(({ name }) => name);
      expect(sorted).toEqual(descending ? names.toReversed() : names);
    },
  );

  test('is narrowed by status, model, dataset, split, date, star and tag, alone and together', () => {
    const first = add('first', { test: 0.5, createdAt: day(3) });
    add('second', { datasetId: 2, config: { model: 'cnn2', splitMethod: 'image' }, createdAt: day(5) });
    const third = add('third', { config: { model: 'cnn2' }, createdAt: day(7) });
    setRunLabels(db, first, { starred: true, tags: ['paper', 'a "quoted" one'] });
    setRunLabels(db, third, { tags: ['papers'] });
    expect(found({ status: 'completed' })).toEqual(['first']);
    expect(found({ model: 'cnn2' })).toEqual(['second', 'third']);
    expect(found({ datasetId: 2 })).toEqual(['second']);
    expect(found({ splitMethod: 'image' })).toEqual(['second']);
    expect(found({ createdFrom: day(5) })).toEqual(['second', 'third']);
    expect(found({ createdFrom: day(4), createdBefore: day(7) })).toEqual(['second']);
    expect(found({ starred: true })).toEqual(['first']);
    expect(found({ starred: false })).toEqual(['second', 'third']);
    expect(found({ tag: 'paper' })).toEqual(['first']);
    expect(found({ tag: 'a "quoted" one' })).toEqual(['first']);
    expect(found({ model: 'cnn2', datasetId: 1 })).toEqual(['third']);
  });

  test('is searched in name, notes, tags, model and number, for every word, without regard to case', () => {
    const first = add('Baseline 100%', { config: { model: 'resnet50' } });
    const second = add('focal_loss');
    setRunLabels(db, first, { notes: 'Better on melanoma', tags: ['Paper'] });
    expect(found({ search: 'MELANOMA' })).toEqual(['Baseline 100%']);
    expect(found({ search: 'paper base' })).toEqual(['Baseline 100%']);
    expect(found({ search: 'paper focal' })).toEqual([]);
    expect(found({ search: 'resnet' })).toEqual(['Baseline 100%']);
    expect(found({ search: String(second) })).toEqual(['focal_loss']);
    // signs that mean something to LIKE are taken as they are
    expect(found({ search: '0%' })).toEqual(['Baseline 100%']);
    expect(found({ search: 'l_l' })).toEqual(['focal_loss']);
    expect(found({ search: 'e_' })).toEqual([]);
    expect(found({ search: "'; DROP TABLE runs; --" })).toEqual([]);
  });

  test('is found and counted by the indexes, without reading every row', () => {
    const plan = (sql: string) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('SELECT id FROM runs ORDER BY created_at DESC, id DESC LIMIT 9')).not.toMatch(/TEMP B-TREE/);
    expect(plan("SELECT count(*) FROM runs WHERE status = 'failed' AND starred = 1")).toMatch(/INDEX/);
    const search =
      "SELECT id FROM runs WHERE name LIKE '%a%' OR notes LIKE '%a%' OR tags LIKE '%a%' OR model LIKE '%a%'";
    expect(plan(search)).toMatch(/COVERING INDEX runs_for_search/);
  });
});

test('what there is to narrow by is told once each', () => {
  setRunLabels(db, add('first'), { tags: ['b', 'a'] });
  setRunLabels(db, add('second', { config: { model: 'cnn2' } }), { tags: ['a'] });
  expect(listRunFacets(db)).toEqual({
    total: 2,
    models: ['cnn1', 'cnn2'],
    datasets: [{ id: 1, name: 'sample' }],
    tags: ['a', 'b'],
  });
});

describe('seeds of one configuration', () => {
  test('are the completed runs on the same data that differ in the seed alone', () => {
    const first = add('first', { test: 0.5, config: { seed: 3 } });
    const second = add('second', { test: 0.7, config: { seed: 1 } });
    add('another rate', { test: 0.6, config: { seed: 2, learningRate: 0.5 } });
    add('another set', { test: 0.6, config: { seed: 2 }, datasetId: 2 });
    const open = add('not completed', { config: { seed: 4 } });
    expect(listSeeds(db, first).map(({ id, seed }) => [id, seed])).toEqual([
      [second, 1],
      [first, 3],
    ]);
    expect(listSeeds(db, open).map(({ id }) => id)).toEqual([second, first]);
  });
});

test('a setting is told with the figures of the completed runs on the same data, those asked for first', () => {
  const first = add('first', { test: 0.5, config: { headDropout: 0.3, trainableLayers: 'all' } });
  const second = add('second', { test: null, config: { headDropout: null, trainableLayers: 5 } });
  add('another set', { test: 0.6, datasetId: 2 });
  add('not completed');
  const values = (setting: 'headDropout' | 'trainableLayers' | 'flipVertical') =>
    listSettingPoints(db, { ids: [first], setting }).map(({ id, value }) => [id, value]);
  expect(values('headDropout')).toEqual([
    [first, 0.3],
    [second, null],
  ]);
  expect(values('trainableLayers')).toEqual([
    [first, 'all'],
    [second, 5],
  ]);
  expect(values('flipVertical')).toEqual([
    [first, true],
    [second, true],
  ]);
});
