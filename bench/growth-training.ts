/**
 * One epoch of mobile_net (published settings, batch 32, augmented) on as many pictures as it is told, in a process of its own, so that the
 * peak of its memory is that of this size. Prints seconds and bytes as JSON. Run as: node scripts/run.mjs bench/growth-training.ts IMAGES
 */
import { TrainingConfig } from '../src-main/contract/schema/config.ts';
import { firstTrainableLayer } from '../src-main/models/first-trainable.ts';
import { initialWeights } from '../src-main/models/initialise.ts';
import { AUGMENTATION_A } from '../src-main/models/presets.ts';
import { findModel, presetConfig } from '../src-main/models/registry.ts';
import { createTrainable } from '../src-main/models/trainable.ts';
import { createRandom } from '../src-main/numerics/random.ts';
import { DECODING } from '../src-main/preprocess/decode.ts';
import { createLoss } from '../src-main/training/losses.ts';
import { createOptimiser } from '../src-main/training/optimisers.ts';
import type { TrainingSetup } from '../src-main/training/train.ts';
import { trainEpoch } from '../src-main/training/train-epoch.ts';
import { readPeak } from './side.ts';

export interface TrainedSize {
  readonly seconds: number;
  readonly peakBytes: number;
}

const CLASSES = 7;
const WARM_UP_IMAGES = 64;

const count = Number(process.argv[2]);
const config = TrainingConfig.parse(presetConfig('mobile_net', { batchSize: 32, ...AUGMENTATION_A }));
const { imageWidthPx: widthPx, imageHeightPx: heightPx, headDropout, headBatchNorm, headL2 } = config;
const network = findModel(config.model).build({
  widthPx,
  heightPx,
  classCount: CLASSES,
  headDropout,
  headBatchNorm,
  headL2,
});
const weights = initialWeights(network, config.seed);

/** Pictures of noise: training takes as long on them as on any. */
function noise(): Uint8Array {
  const random = createRandom(1);
  const words = new Uint32Array((count * widthPx * heightPx * 3) / 4);
  for (let index = 0; index < words.length; index++) words[index] = random.uint32();
  return new Uint8Array(words.buffer);
}

const part = (images: number) => {
  const rows = Array.from({ length: images }, (_, index) => index);
  return { rows, labels: rows.map((row) => row % CLASSES) };
};
const setup: Omit<TrainingSetup, 'train'> = {
  config,
  network,
  initialWeights: weights,
  recipe: { ...DECODING, widthPx, heightPx, mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
  images: { widthPx, heightPx, count, pixels: noise(), indexOf: () => -1, skipped: [] },
  classCount: CLASSES,
  validation: { rows: [], labels: [] },
  checkpointFolder: '',
  resume: false,
};
const model = createTrainable(
  network,
  weights,
  firstTrainableLayer(network, config.trainableLayers),
  createLoss(config),
);
const task = {
  model,
  features: null,
  optimiser: createOptimiser(config, model.variables),
  weightOfClass: new Array<number>(CLASSES).fill(1),
  learningRate: config.learningRate,
};
const epochOf = async (images: number, epoch: number) =>
  trainEpoch(
    { ...task, setup: { ...setup, train: part(images) }, epoch },
    { progress: () => undefined },
    new AbortController().signal,
  );
await epochOf(Math.min(count, WARM_UP_IMAGES), 1);
const done = await epochOf(count, 2);
const size: TrainedSize = {
  seconds: done!.speed.elapsedMs / 1000,
  peakBytes: readPeak(process.pid) ?? process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(size));
