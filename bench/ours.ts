/**
 * The product's side of the benchmark, a process of its own: the code that a run, a prediction or an import goes through, fed
 * by JSON lines (task.ts). Weights are random on both sides: speed does not depend on them.
 */
import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Recipe } from '../src-main/contract/schema/config.ts';
import type { Network } from '../src-main/contract/schema/network.ts';
import { firstTrainableLayer } from '../src-main/models/first-trainable.ts';
import { initialWeights } from '../src-main/models/initialise.ts';
import { predictImages } from '../src-main/models/predict-images.ts';
import { createPredictor } from '../src-main/models/predictor.ts';
import { findModel } from '../src-main/models/registry.ts';
import { createTrainable } from '../src-main/models/trainable.ts';
import { libraryVersion, usesGpu } from '../src-main/native-op.ts';
import { type PreparedImages, prepareImages } from '../src-main/preprocess/cache.ts';
import { DECODING, decodeImage } from '../src-main/preprocess/decode.ts';
import { tf } from '../src-main/tf.ts';
import { keepFrozenFeatures, keptCopies } from '../src-main/training/frozen-features.ts';
import { createLoss } from '../src-main/training/losses.ts';
import { createOptimiser } from '../src-main/training/optimisers.ts';
import type { TrainingSetup } from '../src-main/training/train.ts';
import { trainEpoch } from '../src-main/training/train-epoch.ts';
import { datasetImages } from './pictures.ts';
import type { Hello, Measurement, Request, Task } from './task.ts';

/** A task that is ready: each call of `seconds` does it once. */
interface Bench {
  seconds(): Promise<number>;
  dispose(): void;
}

function networkOf({ config, classCount }: Task): Network {
  const { imageHeightPx: heightPx, imageWidthPx: widthPx, headDropout, headBatchNorm, headL2 } = config;
  return findModel(config.model).build({ heightPx, widthPx, classCount, headDropout, headBatchNorm, headL2 });
}

function recipeOf({ imageWidthPx: widthPx, imageHeightPx: heightPx }: Task['config']): Recipe {
  return { ...DECODING, widthPx, heightPx, mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] };
}

function block({ widthPx, heightPx }: Recipe, pixels: Uint8Array): PreparedImages {
  const count = pixels.length / (widthPx * heightPx * 3);
  return { widthPx, heightPx, count, pixels, indexOf: () => -1, skipped: [] };
}

/** Rows of the block, from the first on again and again. */
const rowsOf = ({ images, pictures }: Task) =>
  Array.from({ length: images }, (_, index) => index % pictures.files.length);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** What a bank keeps is made before, as it is in a run before its first epoch. */
async function training(task: Task): Promise<Bench> {
  const { config, classCount, pictures } = task;
  const network = networkOf(task);
  const weights = initialWeights(network, config.seed);
  const recipe = recipeOf(config);
  const rows = rowsOf(task);
  const setup: TrainingSetup = {
    config,
    network,
    initialWeights: weights,
    recipe,
    images: block(recipe, readFileSync(pictures.pixels)),
    classCount,
    train: { rows, labels: rows.map((_, index) => index % classCount) },
    validation: { rows: [], labels: [] },
    checkpointFolder: tmpdir(),
    resume: false,
  };
  const model = createTrainable(
    network,
    weights,
    firstTrainableLayer(network, config.trainableLayers),
    createLoss(config),
  );
  const optimiser = createOptimiser(config, model.variables);
  const weightOfClass = new Array<number>(classCount).fill(1);
  const { learningRate } = config;
  const silent = { progress: () => undefined };
  const never = new AbortController().signal;
  const features =
    keptCopies(config, model) > 0 ? await keepFrozenFeatures(setup, model, () => undefined, never) : null;
  let epoch = 0;
  return {
    seconds: async () => {
      epoch += 1;
      const done = await trainEpoch(
        { setup, model, optimiser, features, weightOfClass, epoch, learningRate },
        silent,
        never,
      );
      return done!.speed.elapsedMs / 1000;
    },
    dispose: () => {
      features?.dispose();
      model.dispose();
      optimiser.dispose();
    },
  };
}

function predictorOf(task: Task) {
  const network = networkOf(task);
  return createPredictor(network, initialWeights(network, task.config.seed));
}

function prediction(task: Task): Bench {
  const predictor = predictorOf(task);
  const recipe = recipeOf(task.config);
  const images = block(recipe, readFileSync(task.pictures.pixels));
  const rows = rowsOf(task);
  return {
    seconds: () => timed(() => predictImages(predictor, { images, rows, recipe })),
    dispose: predictor.dispose,
  };
}

/** As worker/classify-images.ts does it, with the model loaded before. */
function singleImages(task: Task): Bench {
  const predictor = predictorOf(task);
  const recipe = recipeOf(task.config);
  const { root, files } = task.pictures;
  const classifyAll = async () => {
    for (const { path } of files) {
      const images = block(recipe, await decodeImage(join(root, path), recipe));
      await predictImages(predictor, { images, rows: [0], recipe });
    }
  };
  return { seconds: () => timed(classifyAll), dispose: predictor.dispose };
}

/** Into an empty cache every time: decoding, hashing and writing the cache are all in it. */
function preparation(task: Task): Bench {
  const { config, pictures } = task;
  const files = datasetImages(pictures.files);
  const images = rowsOf(task).map((row) => files[row]!);
  return {
    seconds: async () => {
      const cacheFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-bench-'));
      const { imageWidthPx: widthPx, imageHeightPx: heightPx } = config;
      try {
        return await timed(() =>
          prepareImages({ root: pictures.root, images, widthPx, heightPx, cacheFolder }),
        );
      } finally {
        rmSync(cacheFolder, { recursive: true, force: true });
      }
    },
    dispose: () => undefined,
  };
}

const BENCHES: Record<Task['kind'], (task: Task) => Bench | Promise<Bench>> = {
  train: training,
  predict: prediction,
  single: singleImages,
  prepare: preparation,
};

const answer = (value: Hello | Measurement | Record<string, never>) =>
  writeSync(1, `${JSON.stringify(value)}\n`);

answer({
  tensorflow: libraryVersion,
  device: usesGpu ? 'gpu' : 'cpu',
  versions: `TensorFlow.js ${tf.version_core}, Node ${process.versions.node}`,
});
let bench: Bench | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  if (request.do === 'set-up') {
    bench?.dispose();
    bench = await BENCHES[request.task.kind](request.task);
    await bench.seconds();
    answer({});
  } else {
    answer({ seconds: await bench!.seconds() });
  }
}
