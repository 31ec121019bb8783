/**
 * What it means that an epoch is better than the best before. Pure; shared by schedules and early stopping, so that
 * both read a metric in the same way (Keras's `MonitorCallback`).
 */

export type Monitor = 'balanced-accuracy' | 'accuracy' | 'loss';

/** The result of an epoch; `metric` is null where it has none (no validation part), and then nothing changes. */
export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  readonly metric: number | null;
}

/**
 * Whether `value` beats `best` by more than `minimumDelta`: below it for a loss, above it for an accuracy.
 * NaN beats nothing; anything else beats "no best yet".
 */
export function isImprovement(
  monitor: Monitor,
  value: number,
  best: number | null,
  minimumDelta: number,
): boolean {
  if (Number.isNaN(value)) return false;
  if (best === null) return true;
  return monitor === 'loss' ? value + minimumDelta < best : value - minimumDelta > best;
}
