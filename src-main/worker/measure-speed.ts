/**
 * A few real steps of a run that has not begun: how many images a second it trains and classifies, and what memory it takes. Runs in
 * the worker.
 *
 * The first steps and the first batch, in which the library sets itself up, do not count. Where the run would keep what its frozen
 * layers give, that is measured apart, and the steps take it from there, as the run's will.
 */
import { AppError } from '../contract/errors.ts';
import type { Recipe, TrainingConfig } from '../contract/schema/config.ts';
import type { RunSpeed } from '../contract/schema/experiment.ts';
import { firstTrainableLayer } from '../models/first-trainable.ts';
import { predictImages } from '../models/predict-images.ts';
import { createPredictor } from '../models/predictor.ts';
import { createTrainable, type TrainableNetwork } from '../models/trainable.ts';
import { prepareImages } from '../preprocess/cache.ts';
import { DECODING } from '../preprocess/decode.ts';
import { type FrozenFeatures, keepFrozenFeatures, keptCopies } from '../training/frozen-features.ts';
import { createLoss } from '../training/losses.ts';
import { createOptimiser } from '../training/optimisers.ts';
import type { TrainingSetup } from '../training/train.ts';
import { trainEpoch } from '../training/train-epoch.ts';
import { type ModelInputs, planModel } from './plan-model.ts';

export interface MeasureJob extends ModelInputs {
  readonly folders: { readonly cache: string; readonly weights: readonly string[] };
}

const STEPS = 3;
const SILENT = { progress: () => undefined };
/** Some settings make a loss explode at once; speed does not depend on it. */
const HARMLESS_RATE = 1e-5;

/** @throws AppError what the model, the images or the memory are short of, `cancelled` */
export async function measureSpeed(
  job: MeasureJob,
  signal: AbortSignal,
): Promise<Omit<RunSpeed, 'source' | 'runIds' | 'wholeMsPerImage'>> {
  const { manifest, config } = job;
  const { network, weights } = await planModel(job);
  const images = await prepareImages({
    root: manifest.root,
    images: manifest.images.slice(0, STEPS * config.batchSize),
    widthPx: config.imageWidthPx,
    heightPx: config.imageHeightPx,
    cacheFolder: job.folders.cache,
    signal,
  });
  if (images.count === 0) throw new AppError('bad-image', images.skipped[0]!.reason);
  const rows = Array.from({ length: images.count }, (_, row) => row);
  const setup: TrainingSetup = {
    config,
    network,
    initialWeights: weights,
    recipe: anyRecipe(config),
    images,
    classCount: manifest.classes.length,
    train: { rows, labels: rows.map((row) => row % manifest.classes.length) },
    validation: { rows: [], labels: [] },
    checkpointFolder: job.folders.cache,
    resume: false,
  };
  const training = await trainingSpeed(setup, signal);
  const predictMsPerImage = await predictionTime(setup, signal);
  const missingBytes = (manifest.images.length - images.count) * images.widthPx * images.heightPx * 3;
  return {
    ...training,
    predictMsPerImage,
    residentBytes: process.memoryUsage.rss() + missingBytes,
  };
}

async function trainingSpeed(
  setup: TrainingSetup,
  signal: AbortSignal,
): Promise<Pick<RunSpeed, 'imagesPerSecond' | 'prepareMsPerImage'>> {
  const { network, config, initialWeights, classCount } = setup;
  const model = createTrainable(
    network,
    initialWeights,
    firstTrainableLayer(network, config.trainableLayers),
    createLoss(config),
  );
  const optimiser = createOptimiser(config, model.variables);
  let kept: KeptFeatures | null = null;
  try {
    kept = await keepFeatures(setup, model, signal);
    const task = {
      setup,
      model,
      optimiser,
      features: kept?.features ?? null,
      weightOfClass: new Array<number>(classCount).fill(1),
      learningRate: HARMLESS_RATE,
    };
    await trainEpoch({ ...task, setup: firstStepOf(setup), epoch: 1 }, SILENT, signal);
    const done = await trainEpoch({ ...task, epoch: 2 }, SILENT, signal);
    if (!done) throw new AppError('cancelled', 'The measurement was cancelled.');
    return {
      imagesPerSecond: done.speed.imagesPerSecond,
      prepareMsPerImage: kept?.prepareMsPerImage ?? 0,
    };
  } finally {
    kept?.features.dispose();
    model.dispose();
    optimiser.dispose();
  }
}

interface KeptFeatures {
  readonly features: FrozenFeatures;
  readonly prepareMsPerImage: number;
}

/** One version of each image stands for all that the run would keep. Null where it would keep none. */
async function keepFeatures(
  setup: TrainingSetup,
  model: TrainableNetwork,
  signal: AbortSignal,
): Promise<KeptFeatures | null> {
  const { config, train } = setup;
  const copies = keptCopies(config, model);
  if (copies === 0) return null;
  const single = { ...setup, config: { ...config, augmentationBank: Math.min(1, config.augmentationBank) } };
  const keep = (given: TrainingSetup) => keepFrozenFeatures(given, model, () => undefined, signal);
  (await keep(firstStepOf(single))).dispose();
  const began = performance.now();
  const features = await keep(single);
  return { features, prepareMsPerImage: (copies * (performance.now() - began)) / train.rows.length };
}

function firstStepOf(setup: TrainingSetup): TrainingSetup {
  const { batchSize } = setup.config;
  const { rows, labels } = setup.train;
  return { ...setup, train: { rows: rows.slice(0, batchSize), labels: labels.slice(0, batchSize) } };
}

/** Milliseconds an image. */
async function predictionTime(setup: TrainingSetup, signal: AbortSignal): Promise<number> {
  const { network, initialWeights, images, recipe, train } = setup;
  const predictor = createPredictor(network, initialWeights);
  const predict = (rows: readonly number[]) => predictImages(predictor, { images, rows, recipe, signal });
  try {
    await predict(train.rows.slice(0, 1));
    const began = performance.now();
    await predict(train.rows);
    return (performance.now() - began) / train.rows.length;
  } finally {
    predictor.dispose();
  }
}

/** Scaling costs the same whatever the figures are. */
function anyRecipe({ imageWidthPx, imageHeightPx }: TrainingConfig): Recipe {
  const half: [number, number, number] = [127.5, 127.5, 127.5];
  return { ...DECODING, widthPx: imageWidthPx, heightPx: imageHeightPx, mean: half, deviation: half };
}
