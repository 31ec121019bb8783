import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DatasetManifest,
  Split,
  TrainingConfig,
  type TrainingOutcome,
} from '../../src-main/contract/index.ts';
import { importDataset } from '../../src-main/dataset/import.ts';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { loadModelFolder } from '../../src-main/models/model-folder.ts';
import { usesGpu } from '../../src-main/native-op.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { classifyImages } from '../../src-main/worker/classify-images.ts';
import { evaluateModel } from '../../src-main/worker/evaluate-model.ts';
import { type JobObserver, runTraining } from '../../src-main/worker/run-training.ts';

const never = new AbortController().signal;
const productFolder = join(import.meta.dirname, '../..');
const small = { imageWidthPx: 48, imageHeightPx: 36, batchSize: 16, epochs: 2, trainableLayers: 23 } as const;

let folder = '';
let manifest: DatasetManifest;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lesion-lab-job-'));
  const root = join(folder, 'set');
  await writeSyntheticDataset({ folder: root, images: 140, widthPx: 60, heightPx: 45, encode: encodeJpeg });
  manifest = await importDataset({ root, inspect: inspectImage });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hashOf = (index: number) => index.toString(16).padStart(64, '0');

interface Told {
  readonly warnings: string[];
  readonly phases: Set<string>;
  readonly epochs: number[];
}

async function trainInto(
  name: string,
  settings: Record<string, unknown>,
  options: {
    resume?: boolean;
    epochsDone?: number;
    manifest?: DatasetManifest;
    weights?: string;
    signal?: AbortSignal;
    split?: Split;
  } = {},
): Promise<{ outcome: TrainingOutcome; told: Told }> {
  const told: Told = { warnings: [], phases: new Set(), epochs: [] };
  const observer: JobObserver = {
    progress: ({ phase }) => told.phases.add(phase),
    epoch: ({ epoch }) => told.epochs.push(epoch),
    warning: (text) => told.warnings.push(text),
    environment: () => undefined,
    items: () => undefined,
  };
  const job = {
    runFolder: join(folder, name),
    manifest: options.manifest ?? manifest,
    config: TrainingConfig.parse({ ...small, ...settings }),
    modelFile: null,
    split: options.split ?? null,
    folders: {
      cache: join(folder, 'cache'),
      weights: [options.weights ?? join(productFolder, 'resources/weights')],
    },
    resume: options.resume ?? false,
    epochsDone: options.epochsDone ?? 0,
    productFolder,
  };
  return { outcome: await runTraining(job, observer, options.signal ?? never), told };
}

describe('a training job', () => {
  let outcome: TrainingOutcome;
  let told: Told;
  beforeAll(async () => {
    ({ outcome, told } = await trainInto('whole', { model: 'mobile_net' }));
  });
  const split = () => Split.parse(JSON.parse(readFileSync(join(folder, 'whole/split.json'), 'utf8')));

  it('reports on train, validation and test, each with its n, and goes through every phase', () => {
    const { train, validation, test } = split();
    expect(outcome.status).toBe('completed');
    expect(outcome.report!.parts.map(({ part, images }) => [part, images])).toEqual([
      ['train', train.length],
      ['validation', validation.length],
      ['test', test.length],
    ]);
    expect(told.phases).toEqual(new Set(['preparing', 'training', 'validating', 'evaluating', 'saving']));
    expect(told.epochs).toEqual([1, 2]);
  });

  it('keeps every prediction of validation, calibration and test', () => {
    const parts = split();
    for (const { part, predictions } of outcome.predictions) {
      expect(predictions.map(({ imageId }) => imageId)).toEqual(parts[part as keyof Split]);
    }
    expect(outcome.predictions.map(({ part }) => part)).toEqual(['validation', 'calibration', 'test']);
  });

  it('gives batch norm the momentum asked for, in what is saved too', async () => {
    await trainInto('momentum', { model: 'mobile_net', epochs: 1, batchNormMomentum: 0.9 });
    const momenta = async (name: string) => {
      const { network } = await loadModelFolder(join(folder, name, 'model'));
      return new Set(
        network.layers.flatMap((layer) => (layer.type === 'batch-norm' ? [layer.momentum] : [])),
      );
    };
    expect(await momenta('momentum')).toEqual(new Set([0.9]));
    expect(await momenta('whole')).toEqual(new Set([0.99]));
  });

  it('says that drawn images say nothing about skin', () => {
    expect(told.warnings.join(' ')).toMatch(/drawn by code/);
  });

  it('lists its files with their true hashes', () => {
    expect(new Set(outcome.artifacts.map(({ kind }) => kind))).toEqual(
      new Set(['split', 'model', 'checkpoint', 'best-weights', 'predictions', 'report']),
    );
    for (const { path, sha256, bytes } of outcome.artifacts) {
      const content = readFileSync(join(folder, 'whole', path));
      expect(content.length).toBe(bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
  });

  it('saves a model that classifies the test pictures as the report did', async () => {
    const { predictions } = outcome.predictions.find(({ part }) => part === 'test')!;
    const pathOf = new Map(manifest.images.map(({ imageId, path }) => [imageId, join(manifest.root, path)]));
    const paths = predictions.map(({ imageId }) => pathOf.get(imageId)!);
    const { answers } = await classifyImages(
      { modelFolder: join(folder, 'whole/model'), paths },
      () => undefined,
      never,
    );
    answers.forEach(({ probabilities }, index) => {
      probabilities!.forEach((value, c) => {
        expect(value).toBeCloseTo(predictions[index]!.probabilities[c]!, 5);
      });
    });
  });

  it('saves a model that evaluates another labelled set', async () => {
    const job = { modelFolder: join(folder, 'whole/model'), manifest, cacheFolder: join(folder, 'cache') };
    const { report, predictions } = await evaluateModel(job, () => undefined, never);
    expect(predictions.length).toBe(manifest.images.length);
    expect(report.parts[0]!.images).toBe(manifest.images.length);
    const classes = manifest.classes.map((info, index) => (index === 0 ? { ...info, code: 'other' } : info));
    const foreign = evaluateModel({ ...job, manifest: { ...manifest, classes } }, () => undefined, never);
    await expect(foreign).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringContaining('other'),
    });
  });

  it('counts images of another set that cannot be used, and refuses a set of which none can', async () => {
    const job = { modelFolder: join(folder, 'whole/model'), manifest, cacheFolder: join(folder, 'cache') };
    const [first, ...others] = manifest.images;
    const changed = { ...manifest, images: [{ ...first!, contentHash: '0'.repeat(64) }, ...others] };
    const { report } = await evaluateModel({ ...job, manifest: changed }, () => undefined, never);
    expect(report.parts[0]!.images).toBe(others.length);
    expect(report.leftOut).toEqual({ unknownClasses: [], unreadable: [first!.imageId] });
    const classes = manifest.classes.map((info) => ({ ...info, code: `other-${info.code}` }));
    const foreign = { ...job, manifest: { ...manifest, classes }, skipUnknownClasses: true };
    await expect(evaluateModel(foreign, () => undefined, never)).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/^None of the \d+ images/),
    });
  });

  it('begins again, and says so, where the checkpoint of its epochs is gone', async () => {
    const resumed = { resume: true, epochsDone: 1 };
    const { told: again } = await trainInto('without-checkpoint', { model: 'nn1' }, resumed);
    expect(again.epochs).toEqual([1, 2]);
    expect(again.warnings).toContainEqual(expect.stringMatching(/checkpoint was gone.*done before: 1/));
  });

  it('can be resumed after it trained but could not save: the same report', async () => {
    rmSync(join(folder, 'whole/model'), { recursive: true });
    const again = await trainInto('whole', { model: 'mobile_net' }, { resume: true, epochsDone: 2 });
    expect(again.outcome.report).toEqual(outcome.report);
    expect(again.told.epochs).toEqual([1, 2]);
    expect(again.told.warnings.join()).not.toMatch(/checkpoint/);
  });
});

describe('classify', () => {
  it('answers the readable pictures and names the bad one', async () => {
    await trainInto('few', { model: 'nn1', epochs: 1 });
    const bad = join(folder, 'text.jpg');
    writeFileSync(bad, 'not a picture');
    const good = join(manifest.root, manifest.images[0]!.path);
    const job = { modelFolder: join(folder, 'few/model'), paths: [bad, good] };
    const { answers } = await classifyImages(job, () => undefined, never);
    expect(answers[0]).toMatchObject({ probabilities: null, error: expect.stringContaining('text.jpg') });
    expect(answers[1]!.probabilities!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    for (const name of ['scan.bmp', '._copy.jpg', 'notes.txt']) writeFileSync(join(mixed, name), 'BM');
    const inFolder = await classifyImages({ ...job, paths: [mixed] }, () => undefined, never);
    expect(inFolder.answers).toEqual([
      { path: join(mixed, 'scan.bmp'), probabilities: null, error: expect.stringContaining('scan.bmp') },
    ]);
    const missing = classifyImages({ ...job, paths: [join(folder, 'nowhere')] }, () => undefined, never);
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what a run needs', () => {
  it('names the weights that are missing and how to get them', async () => {
    const run = trainInto('no-weights', { model: 'res_net' });
    await expect(run).rejects.toMatchObject({
      code: 'missing-component',
      message: expect.stringMatching(/resnet50.*scratch/),
    });
  });

  it('trains a backbone from scratch when asked to, and says so', async () => {
    const settings = { model: 'mobile_net', initialWeights: 'scratch', epochs: 1 };
    const { told } = await trainInto('scratch', settings, { weights: join(folder, 'none') });
    expect(told.warnings.join(' ')).toMatch(/from scratch/);
  });

  it('says so when the test part was standardised by its own figures, and saves those of training', async () => {
    const settings = { model: 'nn1', epochs: 1, normalisation: 'z-score' };
    const own = await trainInto('own-figures', { ...settings, zScoreTest: 'own' });
    const usual = await trainInto('training-figures', settings);
    expect(own.told.warnings.join(' ')).toMatch(/standardised by its own/);
    expect(usual.told.warnings.join(' ')).not.toMatch(/standardised by its own/);
    expect(own.outcome.report!.parts[2]!.loss).not.toBe(usual.outcome.report!.parts[2]!.loss);
    const recipeOf = async (name: string) =>
      (await loadModelFolder(join(folder, name, 'model'))).metadata.recipe;
    expect(await recipeOf('own-figures')).toEqual(await recipeOf('training-figures'));
  });

  it.skipIf(usesGpu)(
    'says when the GPU was asked for and is not there (needs a machine without one)',
    async () => {
      await expect(trainInto('gpu', { model: 'nn1', device: 'gpu' })).rejects.toMatchObject({
        code: 'no-device',
      });
    },
  );

  it('leaves out and names an image that is gone since the import', async () => {
    const gone = manifest.images[0]!;
    const images = manifest.images.map((image) =>
      image === gone ? { ...image, path: 'gone.jpg', contentHash: 'f'.repeat(64) } : image,
    );
    const { outcome, told } = await trainInto(
      'gone',
      { model: 'nn1', epochs: 1 },
      { manifest: { ...manifest, images } },
    );
    expect(outcome.status).toBe('completed');
    expect(told.warnings.join(' ')).toContain(gone.imageId);
  });

  it('names the reasons of some when many images are gone, and all of them', async () => {
    const gone = manifest.images.slice(0, 25).map(({ imageId }) => imageId);
    const images = manifest.images.map((image, index) =>
      gone.includes(image.imageId) ? { ...image, path: 'gone.jpg', contentHash: hashOf(index) } : image,
    );
    const settings = { model: 'nn1', epochs: 1, splitMethod: 'image' };
    const { told } = await trainInto('many-gone', settings, { manifest: { ...manifest, images } });
    const notes = told.warnings.filter((text) => text.includes('left out'));
    expect(notes).toHaveLength(21);
    expect(notes.at(-1)).toMatch(/^5 other images were left out/);
    for (const imageId of gone) expect(notes.join(' ')).toContain(imageId);
  });

  it('fails as diverged when the last weights answer with no numbers, which no validation part has shown', async () => {
    const fractions = {
      trainFraction: 0.8,
      validationFraction: 0,
      calibrationFraction: 0,
      testFraction: 0.2,
    };
    const steep = { optimiser: 'sgd', momentum: 0.9, learningRate: 10, normalisation: 'z-score' };
    const run = trainInto('spoilt', { model: 'nn1', epochs: 1, batchSize: 20, ...fractions, ...steep });
    await expect(run).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/not a number at the end of the training.*lower learning rate/),
    });
  });

  it('says so when none of the images can be read', async () => {
    const images = manifest.images.map((image, index) => ({ ...image, contentHash: hashOf(index) }));
    const root = join(folder, 'moved-away');
    const run = trainInto('moved', { model: 'nn1' }, { manifest: { ...manifest, root, images } });
    await expect(run).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/None of the \d+ images in .*moved-away/),
    });
  });

  it('trains on the split that was read when it was started, though its file is gone since', async () => {
    const ids = manifest.images.map(({ imageId }) => imageId);
    const split: Split = {
      train: ids.slice(20),
      validation: ids.slice(10, 20),
      calibration: [],
      test: ids.slice(0, 10),
    };
    const settings = { model: 'nn1', epochs: 1, splitMethod: 'file', splitFile: join(folder, 'gone.csv') };
    const { outcome } = await trainInto('kept-split', settings, { split });
    const { predictions } = outcome.predictions.find(({ part }) => part === 'test')!;
    expect(predictions.map(({ imageId }) => imageId)).toEqual(split.test);
  });

  it('ends as cancelled when stopped before the first epoch is whole', async () => {
    const stop = new AbortController();
    stop.abort();
    const run = trainInto('stopped', { model: 'nn1' }, { signal: stop.signal });
    const ended = await run.then(
      ({ outcome }) => outcome.status,
      (error) => error.code,
    );
    expect(ended).toBe('cancelled');
  });
});
