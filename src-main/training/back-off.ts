/** What becomes of the batch size when memory runs out. Pure; runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';

/** Half the batch to try the epoch again with; null when `thrown` is no lack of memory, the config says no, or one image is too many. */
export function smallerBatch(
  { batchSizeBackOff }: Pick<TrainingConfig, 'batchSizeBackOff'>,
  batchSize: number,
  thrown: unknown,
): number | null {
  const isFull = thrown instanceof AppError && thrown.code === 'out-of-memory';
  return isFull && batchSizeBackOff && batchSize > 1 ? Math.floor(batchSize / 2) : null;
}

/** For the run's notes. */
export function backOffNote(epoch: number, before: number, after: number): string {
  return `Memory ran out with ${before} images a batch in epoch ${epoch}: that epoch began anew, and from it on a batch has ${after}. The learning rate stayed as it was.`;
}
