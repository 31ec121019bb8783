import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { decodeImage } from '../../src-main/preprocess/decode.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openWorker } from './open-worker.ts';

const STILL = {
  rotationDegrees: 0,
  zoomFraction: 0,
  shiftFraction: 0,
  flipHorizontal: false,
  flipVertical: false,
} as const;
const size = { widthPx: 48, heightPx: 36 };

test('images are augmented as training would, and steps of a run are measured, before it begins', async () => {
  const worker = openWorker();
  const root = join(temporaryFolder(), 'synthetic');
  await worker.call('dataset.draw-synthetic', { folder: root, seed: 1 });
  const manifest = await worker.call('dataset.import', { root });
  const folders = { cache: join(root, '..', 'cache'), output: join(root, '..', 'out') };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const configOf = (more: object) =>
    TrainingConfig.parse({ model: 'cnn1', imageWidthPx: 48, imageHeightPx: 36, batchSize: 4, ...more });
  const augment = (more: object) =>
    worker.call('experiment.augment', {
      root: manifest.root,
      images: manifest.images.slice(0, 2),
      config: configOf(more),
      versions: 3,
      seed: 5,
      folders,
      prefix: Object.keys(more).length === 0 ? 'moved' : 'still',
    });
  const moved = await augment({});
  expect(moved.map(({ imageId }) => imageId)).toEqual(
    manifest.images.slice(0, 2).map(({ imageId }) => imageId),
  );
  const [first] = moved;
  const versions = first!.versions.map((file) => readFileSync(file, 'base64'));
  expect(new Set([readFileSync(first!.original, 'base64'), ...versions]).size).toBe(4);

  const [still] = await augment(STILL);
  expect(still!.versions.map((file) => readFileSync(file, 'base64'))).toEqual(
    new Array(3).fill(readFileSync(still!.original, 'base64')),
  );
  const shown = await decodeImage(still!.original, size);
  const source = await decodeImage(join(manifest.root, manifest.images[0]!.path), size);
  const difference =
    shown.reduce((sum, value, index) => sum + Math.abs(value - source[index]!), 0) / shown.length;
  expect(difference).toBeLessThan(3);

  const measured = await worker.call('experiment.measure', {
    manifest,
    config: configOf({ learningRate: 10 }),
    modelFile: null,
    folders: { cache: folders.cache, weights: [] },
  });
  expect(measured.imagesPerSecond).toBeGreaterThan(0);
  expect(measured.prepareMsPerImage).toBe(0);
  expect(measured.residentBytes!).toBeGreaterThan(manifest.images.length * 48 * 36 * 3);

  const frozen = {
    model: 'mobile_net',
    initialWeights: 'scratch',
    trainableLayers: 0,
    imageWidthPx: 96,
    imageHeightPx: 96,
  };
  const measure = (more: object) =>
    worker.call('experiment.measure', {
      manifest,
      config: configOf({ ...frozen, ...more }),
      modelFile: null,
      folders: { cache: folders.cache, weights: [] },
    });
  const [anew, kept, bank] = [
    await measure({}),
    await measure(STILL),
    await measure({ augmentationBank: 8 }),
  ];
  expect(anew.prepareMsPerImage).toBe(0);
  expect(kept.imagesPerSecond).toBeGreaterThan(2 * anew.imagesPerSecond);
  expect(kept.prepareMsPerImage).toBeGreaterThan(0);
  expect(bank.prepareMsPerImage).toBeGreaterThan(2 * kept.prepareMsPerImage!);
  expect(readdirSync(folders.cache)).not.toContain('frozen-features');
});
