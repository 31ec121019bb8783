import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { DatasetManifest, Split } from '../../src-main/contract/schema/dataset.ts';
import { ReleaseFit, ReleaseTargets } from '../../src-main/contract/schema/release.ts';
import { importDataset } from '../../src-main/dataset/import.ts';
import { makeSplit } from '../../src-main/dataset/make-split.ts';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { createFeatureExtractor } from '../../src-main/models/features.ts';
import { saveModelFolder } from '../../src-main/models/model-folder.ts';
import type { NamedWeights } from '../../src-main/models/named-weights.ts';
import { featuresOfImages, predictImages } from '../../src-main/models/predict-images.ts';
import { createPredictor } from '../../src-main/models/predictor.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { logLoss } from '../../src-main/numerics/calibration.ts';
import { firstImages } from '../../src-main/numerics/conformal.ts';
import { mahalanobisDistance } from '../../src-main/numerics/out-of-distribution.ts';
import { prepareImages } from '../../src-main/preprocess/cache.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { fitRelease } from '../../src-main/worker/fit-release.ts';
import { readDistribution, readReferences } from '../../src-main/worker/release-files.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { hashWeights } from '../support/hash-weights.ts';
import { exampleMetadata } from '../support/model-metadata.ts';

const never = new AbortController().signal;
const size = { widthPx: 40, heightPx: 30 };
const network = findModel('cnn1').build({
  ...size,
  classCount: 7,
  headDropout: 0.5,
  headBatchNorm: false,
  headL2: 0,
});
const weights = hashWeights(network, 'lively');

let shared = '';
let manifest: DatasetManifest;
let split: Split;
beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'lesion-lab-release-'));
  const root = join(shared, 'set');
  await writeSyntheticDataset({ folder: root, images: 180, ...size, encode: encodeJpeg });
  manifest = await importDataset({ root, inspect: inspectImage });
  ({ split } = makeSplit(manifest, manifest.images, TrainingConfig.parse({ model: 'cnn1' })));
  await saveModel('model', weights);
});
afterAll(() => rm(shared, { recursive: true, force: true }));

function metadata() {
  const example = exampleMetadata();
  return { ...example, recipe: { ...example.recipe, ...size }, classes: manifest.classes };
}

async function saveModel(name: string, own: NamedWeights, classes = manifest.classes): Promise<string> {
  const folder = join(shared, name);
  await saveModelFolder(folder, { network, weights: own, metadata: { ...metadata(), classes } });
  return folder;
}

function job(changes: Partial<Parameters<typeof fitRelease>[0]> = {}) {
  return {
    modelFolder: join(shared, 'model'),
    manifest,
    split,
    targets: ReleaseTargets.parse({ inside: 0.8 }),
    folder: join(shared, 'again'),
    cacheFolder: join(shared, 'cache'),
    ...changes,
  };
}

describe('of a whole set', () => {
  let folder = '';
  let fit: ReleaseFit;
  const done: number[] = [];
  beforeAll(async () => {
    folder = join(shared, 'release');
    fit = await fitRelease(job({ folder }), (progress) => done.push(progress.done), never);
  });

  test('gives a fit that the contract takes, and the counts of all parts', () => {
    expect(ReleaseFit.parse(fit)).toEqual(fit);
    const lesionOf = new Map(manifest.images.map(({ imageId, lesionId }) => [imageId, lesionId]));
    for (const { part, images, lesions, classCounts } of fit.parts) {
      expect(images).toBe(split[part].length);
      expect(lesions).toBe(new Set(split[part].map((id) => lesionOf.get(id))).size);
      expect(classCounts.reduce((sum, count) => sum + count, 0)).toBe(images);
    }
    expect(fit.parts.map(({ part }) => part)).toEqual(['train', 'validation', 'calibration', 'test']);
    expect(fit.operating.map(({ question }) => question)).toEqual(['malignant', 'melanoma']);
    const images = split.train.length + split.calibration.length + split.test.length;
    expect(done.at(-1)).toBe(images);
  });

  test('measures, before the temperature, the probabilities that the model answers with', async () => {
    const images = split.test.map((id) => manifest.images.find(({ imageId }) => imageId === id)!);
    const prepared = await prepareImages({
      root: manifest.root,
      images,
      ...size,
      cacheFolder: join(shared, 'cache'),
    });
    const predictor = createPredictor(network, weights);
    const rows = await predictImages(predictor, {
      images: prepared,
      rows: images.map(({ imageId }) => prepared.indexOf(imageId)),
      recipe: metadata().recipe,
    });
    predictor.dispose();
    const firsts = firstImages({
      lesionIds: images.map(({ lesionId }) => lesionId),
      imageIds: images.map(({ imageId }) => imageId),
    });
    const expected = logLoss({
      rows: firsts.map((image) => rows[image]!),
      trueClasses: firsts.map((image) => images[image]!.classIndex),
    })!;
    expect(fit.reliability.before.logLoss).toBeCloseTo(expected, 5);
    expect(fit.conformal[0]!.onTest.overall.lesions).toBe(firsts.length);
  });

  test("keeps the training part's penultimate features, one row an image", async () => {
    const references = await readReferences(folder, 128);
    expect(references.images.map(({ imageId }) => imageId)).toEqual(split.train);
    const first = manifest.images.find(({ imageId }) => imageId === split.train[0])!;
    expect(references.images[0]).toMatchObject({ lesionId: first.lesionId, classIndex: first.classIndex });
    expect(readdirSync(folder).sort()).toEqual(['distribution.bin', 'references.bin', 'references.json']);
  });

  test('keeps what measures again the distances that it has found', async () => {
    expect(fit.distance).toMatchObject({ method: 'feature-distance', featureCount: 32 });
    const gaussian = (await readDistribution(folder, fit.distance))!;
    const images = split.calibration.map((id) => manifest.images.find(({ imageId }) => imageId === id)!);
    const prepared = await prepareImages({
      root: manifest.root,
      images,
      ...size,
      cacheFolder: join(shared, 'cache'),
    });
    const extractor = createFeatureExtractor(network, weights);
    const rows = images.map(({ imageId }) => prepared.indexOf(imageId));
    const { recipe } = metadata();
    const { kindFeatures } = await featuresOfImages(extractor, { images: prepared, rows, recipe });
    const { kindDims } = extractor;
    extractor.dispose();
    const measured = images.map(({ lesionId, imageId }, row) => ({
      lesionId,
      imageId,
      distance: mahalanobisDistance(kindFeatures.subarray(row * kindDims, (row + 1) * kindDims), gaussian),
    }));
    const firsts = firstImages({
      lesionIds: measured.map(({ lesionId }) => lesionId),
      imageIds: measured.map(({ imageId }) => imageId),
    });
    const distances = firsts.map((row) => measured[row]!.distance).sort((a, b) => a - b);
    expect(fit.distance.calibration[0]).toBeCloseTo(distances[0]!, 3);
    expect(fit.distance.calibration.at(-1)).toBeCloseTo(distances.at(-1)!, 3);
  });

  test('is the same again', async () => {
    expect(await fitRelease(job(), () => undefined, never)).toEqual(fit);
  });

  test('matches classes by their codes, in whatever order the set lists them', async () => {
    const reversed = {
      ...manifest,
      classes: manifest.classes.toReversed(),
      images: manifest.images.map((image) => ({
        ...image,
        classIndex: manifest.classes.length - 1 - image.classIndex,
      })),
    };
    expect(await fitRelease(job({ manifest: reversed }), () => undefined, never)).toEqual(fit);
  });
});

describe('says what is in the way of a release', () => {
  const refusal = (changes: Parameters<typeof job>[0], signal = never) =>
    expect(fitRelease(job(changes), () => undefined, signal)).rejects;

  test.each(['train', 'calibration', 'test'] as const)('a split without a %s part', async (part) => {
    await refusal({ split: { ...split, [part]: [] } }).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(`split has no ${part} part.*Train with the default split by lesion`),
    });
  });

  test('a lesion that is in two parts', async () => {
    const lesion = [...Map.groupBy(manifest.images, ({ lesionId }) => lesionId).values()].find(
      (images) => images.length > 1 && split.train.includes(images[0]!.imageId),
    )!;
    const moved = lesion[0]!.imageId;
    const leaking = {
      ...split,
      train: split.train.filter((id) => id !== moved),
      test: [...split.test, moved],
    };
    await refusal({ split: leaking }).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(new RegExp(`more than one part.*${moved}.*in train and test`)),
    });
  });

  test('images that are no longer where they were', async () => {
    const path = join(manifest.root, manifest.images.find(({ imageId }) => imageId === split.test[0])!.path);
    await rename(path, `${path}.away`);
    try {
      await refusal({ cacheFolder: temporaryFolder() }).toMatchObject({
        code: 'bad-dataset',
        message: expect.stringMatching(/^1 of \d+ images .* cannot be read .*Put them back/),
      });
    } finally {
      await rename(`${path}.away`, path);
    }
  });

  test("a set that lacks images of the run's split", async () => {
    const without = manifest.images.filter(({ imageId }) => imageId !== split.calibration[0]);
    await refusal({ manifest: { ...manifest, images: without } }).toMatchObject({
      code: 'bad-dataset',
      message: expect.stringContaining(
        `lacks images of the run's split: 1 in all, the first ${split.calibration[0]}`,
      ),
    });
  });

  test('a set with a class that the model does not know', async () => {
    const classes = manifest.classes.map((info, i) => (i === 0 ? { ...info, code: 'scc' } : info));
    await refusal({ manifest: { ...manifest, classes } }).toMatchObject({
      code: 'bad-dataset',
      message: expect.stringContaining('has images of scc, which the model does not know'),
    });
  });

  const spoilt = (name: string, value: number): NamedWeights =>
    new Map(
      [...weights].map(([key, array]) =>
        key.startsWith(name) ? [key, { ...array, values: array.values.map(() => value) }] : [key, array],
      ),
    );

  test('a model whose answers are no numbers', async () => {
    const modelFolder = await saveModel('not-a-number', spoilt('dense_2/kernel', Number.NaN));
    await refusal({ modelFolder }).toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining(`answer for image ${split.train[0]} is not a number`),
    });
  });

  test('a model that answers every picture alike', async () => {
    const modelFolder = await saveModel('dead', spoilt('dense_1/', 0));
    await refusal({ modelFolder }).toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('answers every picture alike'),
    });
  });

  test('that it was cancelled, with nothing written', async () => {
    const controller = new AbortController();
    const folder = join(temporaryFolder(), 'release');
    const stop = () => controller.abort();
    await expect(fitRelease(job({ folder }), stop, controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(existsSync(folder)).toBe(false);
  });
});
