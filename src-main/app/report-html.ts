/** What a run's report needs, gathered, and the file that it becomes. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import { getDataset } from '../store/datasets.ts';
import { listEpochs } from '../store/epochs.ts';
import * as evaluations from '../store/evaluations.ts';
import { getRun } from '../store/runs.ts';
import type { Catalogue } from './catalogue.ts';
import { type AppContext, now } from './context.ts';
import { reportHtml } from './report-html/page.ts';

export interface ReportRequest {
  readonly id: number;
  /** A test on another set in place of the run's own parts. */
  readonly evaluationId?: number | undefined;
}

/** @throws AppError `not-found`, `conflict` (the run has no report yet) */
export async function runReportHtml(
  { db }: AppContext,
  { catalogue, version }: { catalogue: Catalogue; version: string },
  { id, evaluationId }: ReportRequest,
): Promise<string> {
  const run = getRun(db, id);
  const evaluation =
    evaluationId === undefined
      ? evaluations.findTrainingEvaluation(db, id)
      : evaluations.getEvaluation(db, evaluationId);
  if (!evaluation) {
    throw new AppError(
      'conflict',
      `Run ${id} is ${run.status} and has no report. Choose a completed run, or resume this one.`,
    );
  }
  if (evaluation.runId !== id) {
    throw new AppError(
      'not-found',
      `Evaluation ${evaluation.id} is of run ${evaluation.runId}, not of run ${id}.`,
    );
  }
  const parts = evaluations.listPredictionParts(db, evaluation.id);
  const models = await catalogue.models();
  return reportHtml({
    run,
    dataset: getDataset(db, run.datasetId),
    testedOn: evaluation.source === 'external' ? getDataset(db, evaluation.datasetId) : null,
    epochs: listEpochs(db, id),
    report: evaluations.getReport(db, evaluation.id),
    predictions: new Map(parts.map((part) => [part, evaluations.listPredictions(db, evaluation.id, part)])),
    model: models.find((candidate) => candidate.id === run.config.model),
    madeAt: now(),
    version,
  });
}
