/** Probabilities for many prepared images, batch by batch. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { Recipe } from '../contract/schema/config.ts';
import { usesGpu } from '../native-op.ts';
import { loadBatch } from '../preprocess/batches.ts';
import type { PreparedImages } from '../preprocess/cache.ts';
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
  const { images, rows, recipe } = options;
  const probabilities: number[][] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    if (options.signal?.aborted) throw new AppError('cancelled', 'Prediction was cancelled.');
    const batch = loadBatch(images, rows.slice(from, from + BATCH), recipe);
    const output = predictor.predict(batch);
    // float32 rounding may give 1.0000001
    for (const row of output.arraySync()) probabilities.push(row.map((value) => Math.min(1, value)));
    batch.dispose();
    output.dispose();
    options.onProgress?.(probabilities.length);
    await new Promise(setImmediate);
  }
  return probabilities;
}
