/**
 * Which epoch is the best so far, and whether to go on. Pure; runs in the worker. Follows Keras's `EarlyStopping`
 * (`min_delta` 0: any gain counts, a draw does not). The state is plain data for a checkpoint.
 */
import { type EpochResult, isImprovement, type Monitor } from './monitor.ts';

export interface EarlyStoppingState {
  readonly monitor: Monitor;
  /** Epochs without a better one after which to stop; null: never. */
  readonly patience: number | null;
  readonly bestEpoch: number | null;
  readonly bestMetric: number | null;
  readonly epochsSinceBest: number;
}

export interface EarlyStoppingStep {
  readonly state: EarlyStoppingState;
  /** The epoch just ended is the best so far. */
  readonly best: boolean;
  readonly stop: boolean;
}

export function initialEarlyStopping(options: {
  monitor: Monitor;
  patience: number | null;
}): EarlyStoppingState {
  return { ...options, bestEpoch: null, bestMetric: null, epochsSinceBest: 0 };
}

/** Takes in an epoch that ended. An epoch without a metric is neither the best nor counted. */
export function advanceEarlyStopping(state: EarlyStoppingState, result: EpochResult): EarlyStoppingStep {
  const { epoch, metric } = result;
  if (metric === null) return { state, best: false, stop: false };
  if (isImprovement(state.monitor, metric, state.bestMetric, 0)) {
    return {
      state: { ...state, bestEpoch: epoch, bestMetric: metric, epochsSinceBest: 0 },
      best: true,
      stop: false,
    };
  }
  const epochsSinceBest = state.epochsSinceBest + 1;
  return {
    state: { ...state, epochsSinceBest },
    best: false,
    stop: state.patience !== null && epochsSinceBest >= state.patience,
  };
}
