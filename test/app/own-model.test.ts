/** A person's own model with the product's own worker: what becomes of its file once a run is started. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';

const EPOCHS = 30;
const LAYERS = JSON.stringify({
  layers: [
    { type: 'input', name: 'image', height: 20, width: 24, channels: 3 },
    { type: 'conv2d', name: 'first', filters: 4, kernelSize: [3, 3], activation: 'relu' },
    { type: 'global-average-pool', name: 'mean' },
    { type: 'dense', name: 'classes', units: 7, activation: 'softmax' },
  ],
});

test('a run trains, resumes and exports by its own copy of the model file', async () => {
  const folder = temporaryFolder();
  const app = openApp(folder, { realWorker: true });
  const root = temporaryFolder();
  await writeSyntheticDataset({ folder: root, images: 60, widthPx: 40, heightPx: 30, encode: encodeJpeg });
  const { dataset } = await app.client.call('dataset.import', { root });
  const modelFile = join(temporaryFolder(), 'own.json');
  writeFileSync(modelFile, LAYERS);

  const settings = {
    model: 'file',
    modelFile,
    imageWidthPx: 24,
    imageHeightPx: 20,
    batchSize: 8,
    epochs: EPOCHS,
  };
  const { id } = await app.client.call('run.start', { datasetId: dataset.id, settings });
  writeFileSync(modelFile, '{"layers": "edited after the start"}');
  const copy = { kind: 'model-file', path: 'model-file/own.json', bytes: LAYERS.length };
  const sha256 = createHash('sha256').update(LAYERS).digest('hex');
  const artifacts = async () => (await app.client.call('run.get', { id })).artifacts;
  expect(await artifacts()).toEqual([{ ...copy, sha256 }]);

  await new Promise<void>((resolve) => app.client.on('run.epoch', () => resolve()));
  await app.client.call('run.cancel', { id });
  expect(await app.ended(id)).toMatchObject({ status: 'cancelled', failure: null });
  expect(await artifacts()).toContainEqual({ ...copy, sha256 });
  rmSync(modelFile);
  await app.client.call('run.resume', { id });
  expect(await app.ended(id)).toMatchObject({ status: 'completed', failure: null, epochsDone: EPOCHS });

  const path = join(folder, 'out.keras');
  await app.client.call('run.export', { id, format: 'keras', path });
  expect(readFileSync(path).length).toBeGreaterThan(0);
  expect(readFileSync(join(folder, 'runs', String(id), 'model-file', 'own.json'), 'utf8')).toBe(LAYERS);
});

test('a copy that was changed is named when the run is resumed', async () => {
  const app = openApp(temporaryFolder(), { behaviour: 'diverge' });
  const { dataset } = await app.client.call('dataset.import', { root: '/data/sample' });
  const modelFile = join(temporaryFolder(), 'own.json');
  writeFileSync(modelFile, LAYERS);
  const settings = { model: 'file', modelFile, epochs: 3 };
  const { id } = await app.client.call('run.start', { datasetId: dataset.id, settings });
  expect(await app.ended(id)).toMatchObject({ status: 'failed' });
  const { folder } = await app.client.call('run.get', { id });
  writeFileSync(join(folder, 'model-file', 'own.json'), 'other');
  await app.client.call('run.resume', { id });
  expect((await app.ended(id)).failure).toEqual({
    code: 'corrupt',
    message: expect.stringContaining(join('model-file', 'own.json')),
  });
});
