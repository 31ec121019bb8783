/**
 * The training loop. Runs in the worker.
 *
 * The same config, seed, library, thread counts and kind of processor give the same numbers bit for bit, whether a run goes
 * through at once or is resumed: order, augmentation and dropout of an epoch come from streams derived from the seed and
 * the epoch's number, and a checkpoint at every epoch's end holds the rest. Losses are without L2 penalties.
 */
import { AppError } from '../contract/errors.ts';
import type { Recipe, TrainingConfig } from '../contract/schema/config.ts';
import type { Network } from '../contract/schema/network.ts';
import type { EpochRecord, EpochScores, TrainingProgress } from '../contract/schema/run.ts';
import { firstTrainableLayer } from '../models/first-trainable.ts';
import type { NamedWeights } from '../models/named-weights.ts';
import { predictImages } from '../models/predict-images.ts';
import { createPredictor } from '../models/predictor.ts';
import { createTrainable, type TrainableNetwork } from '../models/trainable.ts';
import { isAugmented } from '../numerics/augmentation.ts';
import { logLoss } from '../numerics/calibration.ts';
import { classWeights } from '../numerics/class-weight.ts';
import { accuracy, argMax, balancedAccuracy, confusionMatrix } from '../numerics/confusion.ts';
import { advanceEarlyStopping, initialEarlyStopping } from '../numerics/early-stopping.ts';
import type { Monitor } from '../numerics/monitor.ts';
import { advanceSchedule, initialSchedule } from '../numerics/schedule.ts';
import type { PreparedImages } from '../preprocess/cache.ts';
import { backOffNote, smallerBatch } from './back-off.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint, weightsHash } from './checkpoint.ts';
import { createTrainingControl, type TrainingControl } from './control.ts';
import { type FrozenFeatures, keepFrozenFeatures, keptCopies } from './frozen-features.ts';
import { createLoss } from './losses.ts';
import { createOptimiser } from './optimisers.ts';
import { diverged, type EpochDone, trainEpoch } from './train-epoch.ts';

/** Rows of `PreparedImages` and the class index of each. */
export interface LabelledRows {
  readonly rows: readonly number[];
  readonly labels: readonly number[];
}

export interface TrainingSetup {
  readonly config: TrainingConfig;
  readonly network: Network;
  readonly initialWeights: NamedWeights;
  readonly recipe: Recipe;
  readonly images: PreparedImages;
  readonly classCount: number;
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  /** Where the checkpoint is kept. */
  readonly checkpointFolder: string;
  /** Go on from the checkpoint, if there is one. */
  readonly resume: boolean;
}

export interface TrainingObserver {
  progress(progress: TrainingProgress): void;
  /** Called as each epoch ends; a resumed run tells its earlier epochs first. */
  epoch(record: EpochRecord): void;
  /** What a reader of the run's numbers must know. */
  warning(text: string): void;
}

export interface TrainingResult {
  readonly status: 'completed' | 'cancelled';
  /** Whether a person ended it before its last epoch, for the report of what there is. */
  readonly endedByHand: boolean;
  /** The best epoch's weights if the config says so, else the last's. */
  readonly weights: NamedWeights;
  readonly bestEpoch: number | null;
  readonly epochs: readonly EpochRecord[];
}

export async function train(
  setup: TrainingSetup,
  observer: TrainingObserver,
  signal: AbortSignal,
  control: TrainingControl = createTrainingControl(),
): Promise<TrainingResult> {
  const { config, initialWeights, train: part } = setup;
  requireBatch(config, part.rows.length);
  const initialWeightsHash = weightsHash(initialWeights);
  const saved = setup.resume ? await loadCheckpoint(setup.checkpointFolder) : null;
  if (saved) requireSameStart(saved, initialWeightsHash);
  let whole: LearnerState | null = saved;
  let learner = createLearner(setup, whole);
  let batchSize = saved?.batchSize ?? config.batchSize;
  const weightOfClass = classWeights(countLabels(part.labels, setup.classCount), config.classWeights);

  let schedule = saved?.schedule ?? initialSchedule(config).state;
  let earlyStopping =
    saved?.earlyStopping ??
    initialEarlyStopping({ monitor: config.monitor, patience: config.earlyStoppingPatience });
  let bestWeights = saved?.bestWeights ?? null;
  const epochs = [...(saved?.epochs ?? [])];
  for (const record of epochs) observer.epoch(record);

  const fitEpoch = async (epoch: number, learningRate: number): Promise<EpochDone | null> => {
    for (;;) {
      const fitted = { ...setup, config: { ...config, batchSize } };
      const task = { setup: fitted, ...learner, features, weightOfClass, epoch, learningRate };
      try {
        return await trainEpoch(task, observer, signal, control);
      } catch (thrown) {
        const smaller = smallerBatch(config, batchSize, thrown);
        if (smaller === null) throw thrown;
        observer.warning(backOffNote(epoch, batchSize, smaller));
        batchSize = smaller;
        disposeLearner(learner);
        learner = createLearner(setup, whole);
      }
    }
  };

  let status: TrainingResult['status'] = 'completed';
  let endedByHand = false;
  let features: FrozenFeatures | null = null;
  try {
    features = await featuresToKeep(setup, learner.model, epochs.length, observer, signal);
    for (let epoch = epochs.length + 1; epoch <= config.epochs && !shouldStop(earlyStopping); epoch++) {
      const { learningRate } = schedule;
      const done = await fitEpoch(epoch, learningRate);
      if (!done) {
        status = 'cancelled';
        break;
      }
      const weights = learner.model.snapshotTrained();
      const validation = await validate(setup, weights, epoch, observer);
      // the last step may have spoilt the weights, which its loss, from before that step, does not show
      if (!Number.isFinite(validation?.loss ?? 0))
        throw diverged(`at the end of epoch ${epoch}`, learningRate);
      const metric = (monitor: Monitor) => monitored(validation, monitor);
      const judged = advanceEarlyStopping(earlyStopping, { epoch, metric: metric(config.monitor) });
      earlyStopping = judged.state;
      schedule = advanceSchedule(schedule, { epoch, metric: metric(config.plateauMonitor) }).state;
      if (judged.best && config.restoreBest) bestWeights = weights;
      epochs.push({ epoch, train: done.scores, validation, learningRate, ...done.speed, best: judged.best });
      whole = { weights, optimiser: learner.optimiser.snapshot() };
      const progress = { epoch, batchSize, schedule, earlyStopping, epochs, bestWeights };
      await saveCheckpoint(setup.checkpointFolder, { ...progress, ...whole, initialWeightsHash });
      observer.epoch(epochs.at(-1)!);
      if (control.afterEpoch === 'go-on' || epoch === config.epochs) continue;
      endedByHand = control.afterEpoch === 'report';
      if (!endedByHand) status = 'cancelled';
      break;
    }
    const weights = new Map([...initialWeights, ...learner.model.snapshotTrained(), ...(bestWeights ?? [])]);
    return { status, endedByHand, weights, bestEpoch: earlyStopping.bestEpoch, epochs };
  } finally {
    features?.dispose();
    disposeLearner(learner);
  }
}

/** Those of the frozen part, where more than one epoch takes them; a disk too small for them stops a run only where they decide its result. */
async function featuresToKeep(
  setup: TrainingSetup,
  model: TrainableNetwork,
  epochsDone: number,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<FrozenFeatures | null> {
  const { config } = setup;
  if (keptCopies(config, model, config.epochs - epochsDone) === 0) return null;
  const tell = (step: number, steps: number) =>
    observer.progress({ ...phaseProgress('preparing', epochsDone, config.epochs), step, steps });
  try {
    return await keepFrozenFeatures(setup, model, tell, signal);
  } catch (thrown) {
    if (isAugmented(config) || !(thrown instanceof AppError && thrown.code === 'disk-full')) throw thrown;
    observer.warning(`Each epoch computes the frozen layers anew. ${thrown.message}`);
    return null;
  }
}

/** All that steps change, as it was when an epoch was whole. */
type LearnerState = Pick<Checkpoint, 'weights' | 'optimiser'>;

/** @param state null: at the beginning */
function createLearner({ config, network, initialWeights }: TrainingSetup, state: LearnerState | null) {
  const start = state ? new Map([...initialWeights, ...state.weights]) : initialWeights;
  const model = createTrainable(
    network,
    start,
    firstTrainableLayer(network, config.trainableLayers),
    createLoss(config),
  );
  return { model, optimiser: createOptimiser(config, model.variables, state?.optimiser) };
}

function disposeLearner({ model, optimiser }: ReturnType<typeof createLearner>): void {
  model.dispose();
  optimiser.dispose();
}

function shouldStop({ patience, epochsSinceBest }: Checkpoint['earlyStopping']): boolean {
  return patience !== null && epochsSinceBest >= patience;
}

/** Scores of the validation part at `trained` weights; null when the part is empty. */
async function validate(
  setup: TrainingSetup,
  trained: NamedWeights,
  epoch: number,
  observer: TrainingObserver,
): Promise<EpochScores | null> {
  const { images, recipe, network, initialWeights, validation, classCount, config } = setup;
  if (validation.rows.length === 0) return null;
  observer.progress(phaseProgress('validating', epoch, config.epochs));
  const predictor = createPredictor(network, new Map([...initialWeights, ...trained]));
  try {
    const probabilities = await predictImages(predictor, { images, rows: validation.rows, recipe });
    return scores(probabilities, validation.labels, classCount);
  } finally {
    predictor.dispose();
  }
}

/** Loss and accuracies of predictions. @throws RangeError for no predictions */
export function scores(
  probabilities: readonly (readonly number[])[],
  labels: readonly number[],
  classCount: number,
): EpochScores {
  const matrix = confusionMatrix(labels, probabilities.map(argMax), classCount);
  return {
    loss: logLoss({ rows: probabilities, trueClasses: labels })!,
    accuracy: accuracy(matrix)!,
    balancedAccuracy: balancedAccuracy(matrix),
  };
}

/** Progress of a phase that has no steps of its own. */
export function phaseProgress(
  phase: TrainingProgress['phase'],
  epoch: number,
  epochs: number,
): TrainingProgress {
  const unknown = { loss: null, accuracy: null, balancedAccuracy: null, learningRate: null };
  const measures = {
    imagesPerSecond: null,
    remainingMs: null,
    residentBytes: process.memoryUsage.rss(),
    tensors: 0,
  };
  return { phase, epoch, epochs, step: 0, steps: 0, ...unknown, ...measures };
}

function monitored(validation: EpochScores | null, monitor: Monitor): number | null {
  if (!validation) return null;
  return {
    'balanced-accuracy': validation.balancedAccuracy,
    accuracy: validation.accuracy,
    loss: validation.loss,
  }[monitor];
}

function countLabels(labels: readonly number[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/** @throws AppError `bad-input` when a batch is larger than the training part */
export function requireBatch({ batchSize }: Pick<TrainingConfig, 'batchSize'>, images: number): void {
  if (batchSize <= images) return;
  throw new AppError(
    'bad-input',
    `"batchSize" is ${batchSize}, but the training part has ${images} images; give at most that many.`,
  );
}

function requireSameStart(saved: Checkpoint, hash: string): void {
  if (saved.initialWeightsHash === hash) return;
  throw new AppError(
    'conflict',
    'The weights that this run started from have changed since (another weights file was imported); resume needs the same ones.',
  );
}
