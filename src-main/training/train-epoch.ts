/** One pass over the training part: batches, gradients, updates, running scores. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { EpochScores, TrainingProgress } from '../contract/schema/run.ts';
import { tellsOutOfMemory } from '../contract/system-error.ts';
import type { TrainableNetwork } from '../models/trainable.ts';
import { drawAugmentation, isAugmented } from '../numerics/augmentation.ts';
import { accuracy, argMax, balancedAccuracy, confusionMatrix } from '../numerics/confusion.ts';
import { createRandom, deriveSeed, type Random } from '../numerics/random.ts';
import { loadBatch } from '../preprocess/batches.ts';
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tf.ts';
import { createTrainingControl, type TrainingControl } from './control.ts';
import type { FrozenFeatures } from './frozen-features.ts';
import type { Optimiser } from './optimisers.ts';
import type { TrainingObserver, TrainingSetup } from './train.ts';

export interface EpochTask {
  readonly setup: TrainingSetup;
  readonly model: TrainableNetwork;
  readonly optimiser: Optimiser;
  readonly weightOfClass: readonly number[];
  /** Kept ones; null: each step computes its own from images augmented anew. */
  readonly features: FrozenFeatures | null;
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
}

export interface EpochDone {
  readonly scores: EpochScores;
  readonly speed: { readonly imagesPerSecond: number; readonly elapsedMs: number };
}

const PROGRESS_EVERY_MS = 100;

/**
 * Trains on every image once; null when `signal` stopped it after a step. Time that it was paused counts for no speed.
 * @throws AppError `diverged` when the loss is no longer a finite number, `out-of-memory`
 */
export async function trainEpoch(
  task: EpochTask,
  observer: Pick<TrainingObserver, 'progress'>,
  signal: AbortSignal,
  control: TrainingControl = createTrainingControl(),
): Promise<EpochDone | null> {
  const { config, train: part, classCount } = task.setup;
  const stream = (label: string) => createRandom(deriveSeed(config.seed, label, task.epoch));
  const order = stream('order').shuffle(part.rows.map((_, index) => index));
  const augmentation = stream('augmentation');
  const dropout = stream('dropout');
  const steps = Math.ceil(order.length / config.batchSize);
  const began = performance.now();
  const seen: Seen = { steps: 0, lossSum: 0, labels: [], predicted: [] };
  const now = () => performance.now() - began - pausedMs;
  let asked: AskedStep | null = null;
  let told = 0;
  let pausedMs = 0;
  try {
    for (let step = 1; step <= steps; step++) {
      const positions = order.slice((step - 1) * config.batchSize, step * config.batchSize);
      const next = askStep(task, positions, augmentation, dropout);
      // values are read when the next step has been asked for, so that a card is never waited for while it has nothing to do
      const last = asked;
      asked = next;
      if (last) readStep(task, last, seen);
      if (step === steps) {
        readStep(task, asked, seen);
        asked = null;
      }
      if (seen.steps > 0 && (performance.now() - told >= PROGRESS_EVERY_MS || step === steps)) {
        told = performance.now();
        observer.progress(progressAt(task, steps, seen, now()));
      }
      await new Promise(setImmediate);
      if (control.isPaused && !signal.aborted) {
        if (asked) readStep(task, asked, seen);
        asked = null;
        const progress = progressAt(task, steps, seen, now());
        observer.progress({ ...progress, phase: 'paused' });
        pausedMs += await control.untilGoing(signal);
        observer.progress(progress);
      }
      if (signal.aborted) return null;
    }
  } finally {
    if (asked) tf.dispose([asked.perSample, asked.probabilities]);
  }
  const elapsedMs = now();
  return {
    scores: runningScores(seen, classCount),
    speed: { imagesPerSecond: (order.length / elapsedMs) * 1000, elapsedMs },
  };
}

/** A step that was asked for; its values may still be on their way. */
interface AskedStep {
  readonly labels: readonly number[];
  readonly perSample: Tensor1D;
  readonly probabilities: Tensor2D;
}

/** Leaves no tensor behind when it fails: whoever tries again with a smaller batch needs their memory. */
function askStep(
  task: EpochTask,
  positions: readonly number[],
  augmentation: Random,
  dropout: Random,
): AskedStep {
  const { setup, model, optimiser, weightOfClass, learningRate } = task;
  const labels = positions.map((position) => setup.train.labels[position]!);
  return explainingMemory(setup.config, () => {
    const [perSample, probabilities] = tf.tidy(() => {
      const batch = {
        features: featuresOf(task, positions, augmentation),
        targets: tf.oneHot(tf.tensor1d(labels, 'int32'), setup.classCount).toFloat() as Tensor2D,
        sampleWeights: tf.tensor1d(labels.map((label) => weightOfClass[label]!)) as Tensor1D,
      };
      const values = model.pass(batch, () => dropout.uint32());
      optimiser.apply(values.gradients, learningRate);
      return [values.perSample, values.probabilities] as [Tensor1D, Tensor2D];
    });
    return { labels, perSample, probabilities };
  });
}

/** Adds the step's values to what was seen, and frees them. @throws AppError `diverged` */
function readStep(task: EpochTask, { labels, perSample, probabilities }: AskedStep, seen: Seen): void {
  const loss = explainingMemory(task.setup.config, () => perSample.dataSync<'float32'>()).reduce(
    (sum, value) => sum + value,
    0,
  );
  seen.steps += 1;
  seen.lossSum += loss;
  seen.labels.push(...labels);
  seen.predicted.push(...probabilities.arraySync().map(argMax));
  tf.dispose([perSample, probabilities]);
  if (!Number.isFinite(loss)) throw diverged(`in epoch ${task.epoch}, step ${seen.steps}`, task.learningRate);
}

function featuresOf(
  { setup, model, features }: EpochTask,
  positions: readonly number[],
  augmentation: Random,
): readonly Tensor[] {
  if (features) return features.take(positions, augmentation);
  const { config, images, recipe, train } = setup;
  const rows = positions.map((position) => train.rows[position]!);
  const parameters = isAugmented(config) ? rows.map(() => drawAugmentation(augmentation, config)) : undefined;
  return model.features(loadBatch(images, rows, recipe, parameters));
}

interface Seen {
  steps: number;
  lossSum: number;
  labels: number[];
  predicted: number[];
}

function runningScores({ lossSum, labels, predicted }: Seen, classCount: number): EpochScores {
  const matrix = confusionMatrix(labels, predicted, classCount);
  return {
    loss: lossSum / labels.length,
    accuracy: accuracy(matrix)!,
    balancedAccuracy: balancedAccuracy(matrix),
  };
}

function progressAt(task: EpochTask, steps: number, seen: Seen, elapsedMs: number): TrainingProgress {
  const { config, classCount } = task.setup;
  const { steps: step } = seen;
  const stepsLeft = steps - step + (config.epochs - task.epoch) * steps;
  return {
    phase: 'training',
    epoch: task.epoch,
    epochs: config.epochs,
    step,
    steps,
    ...runningScores(seen, classCount),
    learningRate: task.learningRate,
    imagesPerSecond: (seen.labels.length / elapsedMs) * 1000,
    remainingMs: (elapsedMs / step) * stepsLeft,
    residentBytes: process.memoryUsage.rss(),
    tensors: tf.memory().numTensors,
  };
}

/** @param when `in epoch 2, step 7` */
export function diverged(when: string, learningRate: number): AppError {
  return new AppError(
    'diverged',
    `The loss became infinite or not a number ${when}, at learning rate ${learningRate}. ` +
      'The epochs before are kept. Start again with a lower learning rate.',
  );
}

function explainingMemory<T>(config: TrainingConfig, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!tellsOutOfMemory(cause instanceof Error ? cause.message : String(cause))) throw cause;
    throw new AppError(
      'out-of-memory',
      `Memory ran out in a training step with "batchSize" ${config.batchSize} at ${config.imageWidthPx} x ${config.imageHeightPx} pixels. ` +
        'The epochs before are kept. Use a smaller batch or smaller images.',
      { cause },
    );
  }
}
