/** Bounded work on many items, with progress, a time left and cancellation. Runs in the worker. */
import { AppError } from '../contract/errors.ts';

export interface ItemProgress {
  readonly done: number;
  readonly total: number;
  /** Estimated from what has been done; null until there is something to estimate from. */
  readonly remainingMs: number | null;
}

export interface ConcurrentOptions {
  /** How many items are under way at once. */
  readonly limit?: number;
  /** Called at most ten times a second, and once at the end. */
  readonly onProgress?: ((progress: ItemProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** libuv's pool, where files are read and pictures decoded, has four threads. */
const DEFAULT_LIMIT = 4;
const PROGRESS_INTERVAL_MS = 100;

/**
 * Calls `work(item, index)` for every item, a few at a time, and waits for all.
 * Stops at the first failure and throws it; throws `cancelled` once the signal is aborted.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  { limit = DEFAULT_LIMIT, onProgress, signal }: ConcurrentOptions = {},
): Promise<void> {
  const report = progressReporter(items.length, onProgress);
  let next = 0;
  let done = 0;
  let stopped = false;
  const lane = async () => {
    while (next < items.length && !stopped) {
      throwIfCancelled(signal);
      const index = next++;
      await work(items[index]!, index);
      report(++done);
    }
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, () =>
    lane().catch((error: unknown) => {
      stopped = true;
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(lanes)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  throwIfCancelled(signal);
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Cancelled on request.');
}

function progressReporter(
  total: number,
  onProgress: ((progress: ItemProgress) => void) | undefined,
): (done: number) => void {
  const startedAt = performance.now();
  let lastAt = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = performance.now();
    if (!onProgress || (done < total && now - lastAt < PROGRESS_INTERVAL_MS)) return;
    lastAt = now;
    onProgress({ done, total, remainingMs: ((now - startedAt) / done) * (total - done) });
  };
}
