import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAssets } from '../../src-main/app/assets.ts';
import { speedOfLikeRuns } from '../../src-main/app/experiments.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { type OpenedApp, openApp } from './open-app.ts';

const settings = { model: 'cnn1' };

async function importSample(app: OpenedApp): Promise<number> {
  const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
  return dataset.id;
}

test('the speed of a run is the mean of those that are alike, with the largest memory', () => {
  const like = (runId: number, wholeEpochMs: number | null, peakResidentBytes: number | null) => ({
    runId,
    wholeEpochMs,
    peakResidentBytes,
    imagesPerSecond: runId * 10,
    trainImages: 100,
  });
  expect(speedOfLikeRuns([], false)).toBeNull();
  expect(speedOfLikeRuns([like(3, 400, 5e8), like(2, null, 7e8), like(1, 200, null)], false)).toEqual({
    source: 'runs',
    runIds: [3, 2, 1],
    imagesPerSecond: 20,
    wholeMsPerImage: 3,
    prepareMsPerImage: 0,
    predictMsPerImage: null,
    residentBytes: 7e8,
  });
  expect(speedOfLikeRuns([like(1, null, null)], true)).toMatchObject({
    wholeMsPerImage: null,
    prepareMsPerImage: null,
    residentBytes: null,
  });
});

test('a speed is known once a run with the same steps has been trained, and only for such', async () => {
  const app = openApp(temporaryFolder());
  const datasetId = await importSample(app);
  expect(await app.client.call('experiment.speed', { settings })).toBeNull();
  const { id } = await app.client.call('run.start', { datasetId, settings });
  await app.ended(id);
  const speed = await app.client.call('experiment.speed', { settings: { ...settings, learningRate: 0.01 } });
  expect(speed).toMatchObject({ source: 'runs', runIds: [id], residentBytes: 1e6 });
  expect(await app.client.call('experiment.speed', { settings: { ...settings, batchSize: 2 } })).toBeNull();
});

test('runs that keep what their frozen layers give, and runs that do not, say nothing of each other', async () => {
  const app = openApp(temporaryFolder());
  const datasetId = await importSample(app);
  const still = { rotationDegrees: 0, zoomFraction: 0, shiftFraction: 0, flipHorizontal: false };
  const frozen = { ...settings, trainableLayers: 0, flipVertical: false };
  const kept = { ...frozen, ...still };
  const speedOf = (given: Record<string, unknown>) =>
    app.client.call('experiment.speed', { settings: given });
  const { id } = await app.client.call('run.start', {
    datasetId,
    settings: { ...frozen, rotationDegrees: 9 },
  });
  await app.ended(id);
  expect(await speedOf({ ...frozen, rotationDegrees: 20 })).toMatchObject({
    runIds: [id],
    prepareMsPerImage: 0,
  });
  expect(await speedOf(kept)).toBeNull();
  const second = await app.client.call('run.start', { datasetId, settings: kept });
  await app.ended(second.id);
  for (const like of [kept, { ...frozen, rotationDegrees: 9, augmentationBank: 4 }]) {
    expect(await speedOf(like)).toMatchObject({ runIds: [second.id], prepareMsPerImage: null });
  }
});

test('a speed is measured on request, but not beside a run that trains', async () => {
  const app = openApp(temporaryFolder(), { behaviour: 'hold' });
  const datasetId = await importSample(app);
  expect(await app.client.call('experiment.measure', { datasetId, settings })).toEqual({
    source: 'measured',
    runIds: [],
    imagesPerSecond: 50,
    wholeMsPerImage: null,
    prepareMsPerImage: 0,
    predictMsPerImage: 4,
    residentBytes: 2e9,
  });
  await app.client.call('run.start', { datasetId, settings });
  await expect(app.client.call('experiment.measure', { datasetId, settings })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('augmented images are of different classes, and others at another draw', async () => {
  const app = openApp(temporaryFolder());
  const datasetId = await importSample(app);
  const augment = (draw: number) =>
    app.client.call('experiment.augment', { datasetId, settings, images: 2, versions: 3, draw });
  const first = await augment(1);
  expect(first.map(({ classIndex }) => classIndex).sort()).toEqual([0, 1]);
  expect(new Set(first.flatMap(({ original, versions }) => [original, ...versions])).size).toBe(8);
  expect(await augment(1)).toMatchObject(first.map(({ imageId }) => ({ imageId })));
  const draws = await Promise.all([2, 3, 4].map(augment));
  expect(draws.some((drawn) => drawn[0]!.imageId !== first[0]!.imageId)).toBe(true);
});

test('pictures that were made to be looked at go when others take their place', async () => {
  const folder = temporaryFolder();
  const db = openDatabase(`${folder}/history.sqlite`);
  const context = { db, folder: { root: folder } } as unknown as Parameters<typeof createAssets>[0];
  const assets = createAssets(context, { fileOf: async () => '' });
  const files = ['a.jpg', 'b.jpg'].map((name) => `${assets.workplace()}/${name}`);
  for (const file of files) writeFileSync(file, 'picture');
  const ids = assets.exhibit([files[0]!]);
  expect(await assets.fileOf(ids.get(files[0]!)!)).toBe(files[0]);
  assets.exhibit([files[1]!]);
  expect(files.map(existsSync)).toEqual([false, true]);
  await expect(assets.fileOf(ids.get(files[0]!)!)).rejects.toMatchObject({ code: 'not-found' });
  assets.close();
  expect(files.map(existsSync)).toEqual([false, false]);
  db.close();
});
