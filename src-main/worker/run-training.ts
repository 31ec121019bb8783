/**
 * The training job, end to end: prepare, train, evaluate, save. Runs in the worker.
 *
 * Writes into the run's folder: split.json, checkpoint/, and when training has ended model/, predictions.json and report.json,
 * each whole or not at all.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { EvaluationReport } from '../contract/schema/evaluation.ts';
import type { ItemProgress, PartPredictions, TrainingOutcome } from '../contract/schema/job.ts';
import type { Artifact, Environment } from '../contract/schema/run.ts';
import { writeFileWhole } from '../dataset/write-file.ts';
import { buildReport } from '../evaluation/report.ts';
import { saveModelFolder } from '../models/model-folder.ts';
import { predictImages } from '../models/predict-images.ts';
import { createPredictor, type Predictor } from '../models/predictor.ts';
import { logLoss } from '../numerics/calibration.ts';
import { hasCheckpoint } from '../training/checkpoint.ts';
import type { TrainingControl } from '../training/control.ts';
import { phaseProgress, type TrainingObserver, type TrainingResult, train } from '../training/train.ts';
import { diverged } from '../training/train-epoch.ts';
import { describeEnvironment } from './environment.ts';
import { type PartImages, type PreparedRun, prepareRun, type RunInputs } from './prepare-run.ts';

export interface TrainingJob extends RunInputs {
  /** The product's own folder, where package.json is. */
  readonly productFolder: string;
  /** Epochs that the history knows of. */
  readonly epochsDone: number;
}

export interface JobObserver extends TrainingObserver {
  environment(environment: Environment): void;
  warning(text: string): void;
  items(progress: ItemProgress): void;
}

const BOOTSTRAP_SAMPLES = 1000;

/** Throws AppError; what was written up to the last whole epoch stays. */
export async function runTraining(
  job: TrainingJob,
  observer: JobObserver,
  signal: AbortSignal,
  control?: TrainingControl,
): Promise<TrainingOutcome> {
  const { config, manifest, runFolder } = job;
  const environment = describeEnvironment(config, job.productFolder);
  observer.environment(environment);
  observer.progress(phaseProgress('preparing', 0, config.epochs));
  if (manifest.synthetic)
    observer.warning('The images are drawn by code, not photographs: no figure says anything about skin.');
  const run = await prepareRun(job, observer, signal);
  const setup = {
    config,
    ...run,
    classCount: manifest.classes.length,
    train: run.parts.train,
    validation: run.parts.validation,
    checkpointFolder: join(runFolder, 'checkpoint'),
    resume: job.resume,
  };
  if (job.epochsDone > 0 && !hasCheckpoint(setup.checkpointFolder)) {
    observer.warning(
      `The checkpoint was gone, so the training began again with the first epoch (done before: ${job.epochsDone}).`,
    );
  }
  const result = await train(setup, observer, signal, control);
  if (result.endedByHand) {
    observer.warning(`Training was ended by hand after ${result.epochs.length} of ${config.epochs} epochs.`);
  }
  const trainingMs = result.epochs.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const ended = { epochsDone: result.epochs.length, bestEpoch: result.bestEpoch, trainingMs };
  if (result.status === 'cancelled') {
    return {
      status: 'cancelled',
      ...ended,
      report: null,
      predictions: [],
      artifacts: await artifactsOf(runFolder),
    };
  }
  try {
    observer.progress(phaseProgress('evaluating', result.epochs.length, config.epochs));
    const { report, predictions } = await evaluate(job, run, result, signal);
    observer.progress(phaseProgress('saving', result.epochs.length, config.epochs));
    await save(job, run, result, { report, predictions, environment });
    return { status: 'completed', ...ended, report, predictions, artifacts: await artifactsOf(runFolder) };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'cancelled')) throw error;
    return {
      status: 'cancelled',
      ...ended,
      report: null,
      predictions: [],
      artifacts: await artifactsOf(runFolder),
    };
  }
}

/** Report on train, validation and test; predictions are kept of every part but train. */
async function evaluate(
  { manifest, config }: TrainingJob,
  run: PreparedRun,
  result: TrainingResult,
  signal: AbortSignal,
): Promise<{ report: EvaluationReport; predictions: PartPredictions[] }> {
  const predictor = createPredictor(run.network, result.weights);
  try {
    const all: PartPredictions[] = [];
    for (const part of ['train', 'validation', 'calibration', 'test'] as const) {
      if (run.parts[part].rows.length === 0) continue;
      const predictions = await predictPart(predictor, run, part, signal);
      if (!predictions.every(({ probabilities }) => probabilities.every(Number.isFinite))) {
        throw diverged(
          'at the end of the training',
          result.epochs.at(-1)?.learningRate ?? config.learningRate,
        );
      }
      all.push({ part, predictions });
    }
    const report = buildReport({
      classes: manifest.classes,
      parts: all
        .filter(({ part }) => part !== 'calibration')
        .map((part) => ({ ...part, loss: lossOf(part) })),
      images: new Map(manifest.images.map((image) => [image.imageId, image])),
      bootstrapSamples: BOOTSTRAP_SAMPLES,
      seed: config.seed,
      subgroupPart: 'test',
    });
    return { report, predictions: all.filter(({ part }) => part !== 'train') };
  } finally {
    predictor.dispose();
  }
}

async function predictPart(
  predictor: Predictor,
  run: PreparedRun,
  part: keyof PreparedRun['parts'],
  signal: AbortSignal,
): Promise<PartPredictions['predictions']> {
  const { images: rows }: PartImages = run.parts[part];
  const recipe = part === 'test' ? run.testRecipe : run.recipe;
  const probabilities = await predictImages(predictor, {
    images: run.images,
    rows: run.parts[part].rows,
    recipe,
    signal,
  });
  return rows.map(({ imageId, lesionId, classIndex }, index) => ({
    imageId,
    lesionId,
    trueClass: classIndex,
    probabilities: probabilities[index]!,
  }));
}

function lossOf({ predictions }: PartPredictions): number | null {
  return logLoss({
    rows: predictions.map(({ probabilities }) => probabilities),
    trueClasses: predictions.map(({ trueClass }) => trueClass!),
  });
}

async function save(
  { runFolder, config, manifest }: TrainingJob,
  run: PreparedRun,
  result: TrainingResult,
  outcome: { report: EvaluationReport; predictions: readonly PartPredictions[]; environment: Environment },
): Promise<void> {
  const split = JSON.stringify(run.split);
  await saveModelFolder(join(runFolder, 'model'), {
    network: run.network,
    weights: result.weights,
    metadata: {
      config,
      recipe: run.recipe,
      classes: manifest.classes,
      datasetHash: manifest.hash,
      splitHash: createHash('sha256').update(split).digest('hex'),
      environment: outcome.environment,
      report: outcome.report,
    },
  });
  await writeFileWhole(join(runFolder, 'predictions.json'), [JSON.stringify(outcome.predictions)]);
  await writeFileWhole(join(runFolder, 'report.json'), [JSON.stringify(outcome.report)]);
}

const KINDS = [
  ['split.json', 'split'],
  ['model-file/', 'model-file'],
  ['predictions.json', 'predictions'],
  ['report.json', 'report'],
  ['model/', 'model'],
  ['checkpoint/best-', 'best-weights'],
  ['checkpoint/', 'checkpoint'],
] as const;

/** What lies in the run's folder, with hashes. */
async function artifactsOf(runFolder: string): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const entry of await readdir(runFolder, { recursive: true })) {
    const path = entry.replaceAll('\\', '/');
    const kind = KINDS.find(([prefix]) => path.startsWith(prefix))?.[1];
    const file = await stat(join(runFolder, entry));
    if (!kind || !file.isFile()) continue;
    const bytes = await readFile(join(runFolder, entry));
    artifacts.push({
      kind,
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
  }
  return artifacts;
}
