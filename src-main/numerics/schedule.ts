/**
 * The learning rate of each epoch. Pure; runs in the worker. The state is plain data for a checkpoint, and carries
 * its own settings.
 *
 * - constant
 * - plateau: Keras's `ReduceLROnPlateau` with `min_delta` 1e-4 and no cooldown.
 * - cosine: falls from the base rate to the floor along half a cosine (Loshchilov & Hutter 2017, no restart), after a
 *   linear warm-up that starts at `base / (warmupEpochs + 1)`, so that no epoch is spent at rate 0.
 */
import { type EpochResult, isImprovement, type Monitor } from './monitor.ts';

/** The keys of a training configuration that decide the schedule. */
export interface ScheduleOptions {
  readonly schedule: 'constant' | 'plateau' | 'cosine';
  readonly learningRate: number;
  readonly minimumLearningRate: number;
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly plateauMonitor: Monitor;
  readonly plateauPatience: number;
  readonly plateauFactor: number;
}

export type ScheduleState =
  | { readonly kind: 'constant'; readonly learningRate: number }
  | {
      readonly kind: 'plateau';
      readonly learningRate: number;
      readonly minimumLearningRate: number;
      readonly monitor: Monitor;
      readonly patience: number;
      readonly factor: number;
      readonly best: number | null;
      readonly epochsSinceBest: number;
    }
  | {
      readonly kind: 'cosine';
      readonly learningRate: number;
      readonly baseLearningRate: number;
      readonly minimumLearningRate: number;
      readonly epochs: number;
      readonly warmupEpochs: number;
    };

export interface ScheduleStep {
  readonly state: ScheduleState;
  /** Of the epoch to come; the same as `state.learningRate`. */
  readonly learningRate: number;
}

const PLATEAU_MINIMUM_DELTA = 1e-4;

/** The state before the first epoch, and that epoch's learning rate. */
export function initialSchedule(options: ScheduleOptions): ScheduleStep {
  const { learningRate, minimumLearningRate } = options;
  switch (options.schedule) {
    case 'constant':
      return step({ kind: 'constant', learningRate });
    case 'plateau':
      return step({
        kind: 'plateau',
        learningRate,
        minimumLearningRate,
        monitor: options.plateauMonitor,
        patience: options.plateauPatience,
        factor: options.plateauFactor,
        best: null,
        epochsSinceBest: 0,
      });
    case 'cosine': {
      const settings = {
        baseLearningRate: learningRate,
        minimumLearningRate,
        epochs: options.epochs,
        warmupEpochs: options.warmupEpochs,
      };
      return step({ kind: 'cosine', ...settings, learningRate: cosineRate(settings, 0) });
    }
  }
}

/** The state after an epoch, and the learning rate of the next. An epoch without a metric leaves a plateau as it was. */
export function advanceSchedule(state: ScheduleState, result: EpochResult): ScheduleStep {
  switch (state.kind) {
    case 'constant':
      return step(state);
    case 'plateau':
      return step(advancePlateau(state, result.metric));
    case 'cosine':
      return step({ ...state, learningRate: cosineRate(state, result.epoch) });
  }
}

type PlateauState = Extract<ScheduleState, { kind: 'plateau' }>;

function advancePlateau(state: PlateauState, metric: number | null): PlateauState {
  if (metric === null) return state;
  if (isImprovement(state.monitor, metric, state.best, PLATEAU_MINIMUM_DELTA)) {
    return { ...state, best: metric, epochsSinceBest: 0 };
  }
  const epochsSinceBest = state.epochsSinceBest + 1;
  if (epochsSinceBest < state.patience || state.learningRate <= state.minimumLearningRate) {
    return { ...state, epochsSinceBest };
  }
  const learningRate = Math.max(state.learningRate * state.factor, state.minimumLearningRate);
  return { ...state, learningRate, epochsSinceBest: 0 };
}

/** @param epochsDone epochs before the one whose rate is asked for */
function cosineRate(
  settings: { baseLearningRate: number; minimumLearningRate: number; epochs: number; warmupEpochs: number },
  epochsDone: number,
): number {
  const { baseLearningRate: base, epochs, warmupEpochs } = settings;
  if (epochsDone < warmupEpochs) return (base * (epochsDone + 1)) / (warmupEpochs + 1);
  const floor = Math.min(settings.minimumLearningRate, base);
  const progress = Math.min(1, (epochsDone - warmupEpochs) / Math.max(1, epochs - warmupEpochs));
  return floor + ((base - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
}

function step(state: ScheduleState): ScheduleStep {
  return { state, learningRate: state.learningRate };
}
