/** Reports, predictions, tests on other sets, comparisons and exports of trained models. Runs in the host. */
import { existsSync } from 'node:fs';
import { setImmediate as letOthersIn } from 'node:timers/promises';
import type { EvaluationHead, ModelReference } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { DatasetManifest } from '../contract/schema/dataset.ts';
import type { EvaluationReport, Prediction, RunComparison } from '../contract/schema/evaluation.ts';
import type { Classification, ExportedFile, ExportFormat } from '../contract/schema/job.ts';
import { getDataset, getManifest, listImages, listProblems } from '../store/datasets.ts';
import * as store from '../store/evaluations.ts';
import { patiently } from '../store/patiently.ts';
import { getRun } from '../store/runs.ts';
import { getRunSplit } from '../store/splits.ts';
import { type ComparedRun, compareInParts } from './compare-runs.ts';
import { type AppContext, now, runJob } from './context.ts';
import { modelFolder } from './paths.ts';

/** The report of a run's own parts; null while it has none. */
export function runReport({ db }: AppContext, id: number): EvaluationReport | null {
  getRun(db, id);
  const evaluation = store.findTrainingEvaluation(db, id);
  return evaluation ? store.getReport(db, evaluation.id) : null;
}

/** Predictions of one of a run's own parts; empty while it has none. */
export function runPredictions({ db }: AppContext, id: number, part: string): Prediction[] {
  getRun(db, id);
  const evaluation = store.findTrainingEvaluation(db, id);
  return evaluation ? store.listPredictions(db, evaluation.id, part) : [];
}

/** @param part left out: of the first part that was kept (an evaluation on another set has only one) */
export function evaluationPredictions({ db }: AppContext, id: number, part?: string): Prediction[] {
  store.getEvaluation(db, id);
  const chosen = part ?? store.listPredictionParts(db, id)[0];
  return chosen === undefined ? [] : store.listPredictions(db, id, chosen);
}

/** Tests a run's model on another labelled set and remembers the report. */
export async function evaluateRun(
  context: AppContext,
  { id, datasetId, skipUnknownClasses }: { id: number; datasetId: number; skipUnknownClasses: boolean },
  signal?: AbortSignal,
): Promise<{ evaluation: EvaluationHead; report: EvaluationReport; seenImages: number }> {
  const { db, folder } = context;
  const input = {
    modelFolder: requireModel(context, id),
    manifest: getManifest(db, datasetId),
    cacheFolder: folder.cache,
    skipUnknownClasses,
  };
  const { report, predictions } = await runJob(
    context,
    (worker) => {
      worker.on('items', (progress) => context.emit('evaluate.progress', { ...progress, id }));
      return worker.call('run.evaluate', input, { signal });
    },
    signal,
  );
  if (signal?.aborted) throw new AppError('cancelled', 'The test was cancelled.');
  const part = report.parts[0]?.part ?? 'external';
  const made = {
    runId: id,
    datasetId,
    source: 'external',
    report,
    predictions: [{ part, predictions }],
    createdAt: now(),
  } as const;
  const evaluation = await patiently(db, () => store.insertEvaluation(db, made), { signal });
  return {
    evaluation: store.getEvaluation(db, evaluation),
    report,
    seenImages: countSeenImages(context, id, withImages(input.manifest, predictions)),
  };
}

function withImages(manifest: DatasetManifest, predictions: readonly Prediction[]): DatasetManifest {
  const tested = new Set(predictions.map(({ imageId }) => imageId));
  return { ...manifest, images: manifest.images.filter(({ imageId }) => tested.has(imageId)) };
}

/** How many pictures, or pictures of lesions, were in the parts that the run trained, validated or calibrated on. */
function countSeenImages({ db }: AppContext, id: number, { images, columns }: DatasetManifest): number {
  const split = getRunSplit(db, id);
  if (!split) return 0;
  const used = new Set([...split.train, ...split.validation, ...split.calibration]);
  const known = listImages(db, getRun(db, id).datasetId).filter(({ imageId }) => used.has(imageId));
  const contents = new Set(known.map(({ contentHash }) => contentHash));
  // without lesions of its own, a set takes file names for them, and those say nothing about another set
  const lesions = new Set(columns.includes('lesion') ? known.map(({ lesionId }) => lesionId) : []);
  return images.filter(({ contentHash, lesionId }) => contents.has(contentHash) || lesions.has(lesionId))
    .length;
}

/**
 * Whether two runs differ on images that neither has seen. The host goes on answering meanwhile.
 * @throws AppError `conflict` for a run without predictions
 */
export async function compareTwoRuns(
  context: AppContext,
  first: number,
  second: number,
): Promise<RunComparison> {
  if (first === second) {
    throw new AppError('bad-input', `A run cannot be compared with itself (${first}); name two runs.`);
  }
  const parts = compareInParts(comparedRun(context, first), comparedRun(context, second));
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
    await letOthersIn();
  }
}

export async function classify(
  context: AppContext,
  { model, paths }: { model: ModelReference; paths: readonly string[] },
  signal?: AbortSignal,
): Promise<Classification> {
  const folder = 'runId' in model ? requireModel(context, model.runId) : model.folder;
  return runJob(
    context,
    (worker) => {
      worker.on('items', (progress) => context.emit('classify.progress', { ...progress, csv: null }));
      return worker.call('run.classify', { modelFolder: folder, paths: [...paths] }, { signal });
    },
    signal,
  );
}

export async function exportModel(
  context: AppContext,
  { id, format, path }: { id: number; format: ExportFormat; path: string },
  signal?: AbortSignal,
): Promise<ExportedFile[]> {
  const modelFolder = requireModel(context, id);
  return runJob(
    context,
    (worker) => worker.call('run.export', { modelFolder, format, path }, { signal }),
    signal,
  );
}

/** @throws AppError `not-found` (no such run), `conflict` (it has no trained model yet) */
function requireModel({ db, folder }: AppContext, id: number): string {
  const { status } = getRun(db, id);
  const path = modelFolder(folder, id);
  if (existsSync(path)) return path;
  throw new AppError(
    'conflict',
    `Run ${id} is ${status} and has no trained model${status === 'completed' ? ` (${path} is gone)` : ' yet'}. Choose a completed run.`,
  );
}

function comparedRun(context: AppContext, id: number): ComparedRun {
  const { db } = context;
  const run = getRun(db, id);
  const testPredictions = runPredictions(context, id, 'test');
  const split = getRunSplit(db, id);
  if (testPredictions.length === 0 || !split) {
    throw new AppError(
      'conflict',
      `Run ${id} is ${run.status} and has no predictions of a test part to compare.`,
    );
  }
  const lesions = new Map(listImages(db, run.datasetId).map(({ imageId, lesionId }) => [imageId, lesionId]));
  const lesionOf = (imageId: string) => lesions.get(imageId) ?? imageId;
  const used = [...split.train, ...split.validation, ...split.calibration];
  return {
    id,
    classCodes: getDataset(db, run.datasetId).classes.map(({ code }) => code),
    testPredictions,
    usedLesions: new Set(used.map(lesionOf)),
    sameLesions: listProblems(db, run.datasetId)
      .filter(({ kind }) => kind === 'exact-duplicate' || kind === 'near-duplicate')
      .map(({ imageIds }) => imageIds.map(lesionOf)),
  };
}
