/** Probabilities for many prepared images, batch by batch. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { Recipe } from '../contract/schema/config.ts';
import { loadBatch } from '../preprocess/batches.ts';
import type { PreparedImages } from '../preprocess/cache.ts';
import type { Predictor } from './predictor.ts';

export interface PredictOptions {
  readonly images: PreparedImages;
  readonly rows: readonly number[];
  readonly recipe: Recipe;
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number) => void;
}

const DEFAULT_BATCH = 64;

/**
 * One array of class probabilities for each of `rows`, in their order. Lets messages in between batches.
 * @throws AppError `cancelled`
 */
export async function predictImages(predictor: Predictor, options: PredictOptions): Promise<number[][]> {
  const { images, rows, recipe, batchSize = DEFAULT_BATCH } = options;
  const probabilities: number[][] = [];
  for (let from = 0; from < rows.length; from += batchSize) {
    if (options.signal?.aborted) throw new AppError('cancelled', 'Prediction was cancelled.');
    const batch = loadBatch(images, rows.slice(from, from + batchSize), recipe);
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
