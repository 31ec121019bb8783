import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { recordEpoch } from '../../src-main/store/epochs.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { listQueue, listRunning, putLast, setOrder } from '../../src-main/store/queue.ts';
import { listLikeRuns, setRunCosts } from '../../src-main/store/run-costs.ts';
import { insertRun, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleConfig, sampleEpoch, sampleManifest } from './samples.ts';
import { temporaryFolder } from './temporary.ts';

const at = '2025-01-01T00:00:00.000Z';

function openStore() {
  const db = openDatabase(`${temporaryFolder()}/history.sqlite`);
  onTestFinished(() => {
    db.close();
  });
  const datasetId = insertDataset(db, { manifest: sampleManifest(), importedAt: at });
  const start = (config = sampleConfig()) =>
    insertRun(db, { name: 'a', datasetId, datasetHash: 'h', config, createdAt: at });
  return { db, start };
}

test('runs wait in the order in which they came, unless a person says otherwise', () => {
  const { db, start } = openStore();
  const [first, second, third] = [start(), start(), start()];
  for (const id of [first, second, third]) putLast(db, id);
  setOrder(db, [third, first]);
  expect(listQueue(db)).toEqual([third, first, second]);
  putLast(db, third);
  expect(listQueue(db)).toEqual([first, second, third]);
  setRunStatus(db, first, { to: 'running', at });
  expect([listQueue(db), listRunning(db)]).toEqual([[second, third], [first]]);
});

test('runs are like one another when their steps do the same work', () => {
  const { db, start } = openStore();
  const config = sampleConfig({ trainableLayers: 23 });
  const like = start({ ...config, learningRate: 0.5, seed: 9 });
  const bare = start(config);
  for (const id of [like, bare]) {
    recordEpoch(db, id, sampleEpoch(1, { imagesPerSecond: 100, elapsedMs: 2000 }));
    recordEpoch(db, id, sampleEpoch(2, { imagesPerSecond: 50, elapsedMs: 4000 }));
  }
  for (const other of [
    { batchSize: 8 },
    { imageWidthPx: 64 },
    { trainableLayers: 'all' },
    { intraOpThreads: 7 },
  ] as const) {
    recordEpoch(db, start({ ...config, ...other }), sampleEpoch(1));
  }
  start(config);
  setRunCosts(db, like, { peakResidentBytes: 1e9, wholeEpochMs: 4500 });
  const figures = { imagesPerSecond: 75, trainImages: 200 };
  const all = () => true;
  expect(listLikeRuns(db, config, all, 1)).toMatchObject([{ runId: bare }]);
  expect(listLikeRuns(db, config, ({ seed }) => seed === 9, 1)).toMatchObject([{ runId: like }]);
  expect(listLikeRuns(db, config, all, 5)).toEqual([
    { runId: bare, peakResidentBytes: null, wholeEpochMs: null, ...figures },
    { runId: like, peakResidentBytes: 1e9, wholeEpochMs: 4500, ...figures },
  ]);
});

test('a run whose settings this version does not know is like none, and hides no other', () => {
  const { db, start } = openStore();
  const [known, foreign] = [start(), start()];
  for (const id of [known, foreign]) recordEpoch(db, id, sampleEpoch(1));
  db.prepare(
    "UPDATE runs SET config = json_set(config, '$.classWeights', 'of-another-version') WHERE id = ?",
  ).run(foreign);
  expect(listLikeRuns(db, sampleConfig(), () => true, 1)).toMatchObject([{ runId: known }]);
});

test.each([
  [70, 'queue_position'],
  [71, 'whole_epoch_ms'],
])('migration %i adds %s and keeps the runs', (version, column) => {
  const db = new Database(':memory:');
  onTestFinished(() => {
    db.close();
  });
  migrate(db, 40);
  db.exec(
    `INSERT INTO datasets VALUES (1, 'ham', '/data/ham', 'ham10000', 0, '[]', '[]', '[]', 2, 1, 0, 'abc', '${at}')`,
  );
  db.exec(`INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights, learning_rate,
    batch_size, seed, epochs, status, created_at)
    VALUES ('first', 1, 'abc', '{}', 'cnn1', 'lesion', 'none', 0.001, 10, 123, 3, 'completed', '${at}')`);
  migrate(db, version - 1);
  const before = db.prepare<[], object>('SELECT * FROM runs').all();
  migrate(db, version);
  const added = { [column]: null, ...(version === 71 ? { peak_resident_bytes: null } : {}) };
  expect(db.prepare('SELECT * FROM runs').all()).toEqual(before.map((row) => ({ ...row, ...added })));
});
