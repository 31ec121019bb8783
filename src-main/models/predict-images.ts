/** What a network gives for many prepared images, batch by batch. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { Recipe } from '../contract/schema/config.ts';
import { usesGpu } from '../native-op.ts';
import { loadBatch } from '../preprocess/batches.ts';
import type { PreparedImages } from '../preprocess/cache.ts';
import type { Tensor4D } from '../tf.ts';
import { disposeFeatures, type FeatureExtractor } from './features.ts';
import type { Predictor } from './predictor.ts';

export interface PredictOptions {
  readonly images: PreparedImages;
  readonly rows: readonly number[];
  readonly recipe: Recipe;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number) => void;
}

/** On a processor more at once takes more memory (64 images: a fifth of the whole) and is hardly faster. */
const BATCH = usesGpu ? 64 : 16;

/**
 * One array of class probabilities for each of `rows`, in their order. Lets messages in between batches.
 * @throws AppError `cancelled`
 */
export async function predictImages(predictor: Predictor, options: PredictOptions): Promise<number[][]> {
  const probabilities: number[][] = [];
  await inBatches(options, (batch) => {
    const output = predictor.predict(batch);
    // float32 rounding may give 1.0000001
    for (const row of output.arraySync()) probabilities.push(row.map((value) => Math.min(1, value)));
    output.dispose();
  });
  return probabilities;
}

export interface FeatureRows {
  /** [row][class], before the softmax. */
  readonly logits: number[][];
  /** Penultimate, row-major [row][dims]. */
  readonly features: Float32Array;
  /** Of the out-of-distribution measure, row-major [row][kindDims]. */
  readonly kindFeatures: Float32Array;
}

/**
 * The scores and features of `rows`, in their order. Lets messages in between batches.
 * @throws AppError `cancelled`
 */
export async function featuresOfImages(
  extractor: FeatureExtractor,
  options: PredictOptions,
): Promise<FeatureRows> {
  const logits: number[][] = [];
  const { dims, kindDims } = extractor;
  const features = new Float32Array(options.rows.length * dims);
  const kindFeatures = new Float32Array(options.rows.length * kindDims);
  await inBatches(options, (batch) => {
    const output = extractor.run(batch);
    features.set(output.features.dataSync(), logits.length * dims);
    kindFeatures.set(output.kindFeatures.dataSync(), logits.length * kindDims);
    logits.push(...output.logits.arraySync());
    disposeFeatures(output);
  });
  return { logits, features, kindFeatures };
}

/** Gives the images of `rows` to `use`, normalised, some at a time. */
async function inBatches(
  { images, rows, recipe, signal, onProgress }: PredictOptions,
  use: (batch: Tensor4D) => void,
): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    if (signal?.aborted) throw new AppError('cancelled', 'Prediction was cancelled.');
    const batch = loadBatch(images, rows.slice(from, from + BATCH), recipe);
    try {
      use(batch);
    } finally {
      batch.dispose();
    }
    onProgress?.(Math.min(from + BATCH, rows.length));
    await new Promise(setImmediate);
  }
}
