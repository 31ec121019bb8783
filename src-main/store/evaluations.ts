/** Reports and every prediction that they rest on. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import { EvaluationReport, type Prediction } from '../contract/schema/evaluation.ts';
import type { Db } from './open.ts';

export type EvaluationSource = 'training' | 'external';

export interface EvaluationHead {
  readonly id: number;
  readonly runId: number;
  readonly datasetId: number;
  readonly source: EvaluationSource;
  readonly createdAt: string;
}

export interface PartPredictions {
  readonly part: string;
  readonly predictions: readonly Prediction[];
}

/**
 * Stores a report with its predictions. A run has one evaluation of its own parts (`training`): a new one
 * replaces the old, as when a resumed run ends a second time.
 * @returns the evaluation's id.
 */
export function insertEvaluation(
  db: Db,
  evaluation: Omit<EvaluationHead, 'id'> & {
    report: EvaluationReport;
    predictions: readonly PartPredictions[];
  },
): number {
  const { runId, datasetId, source, report, createdAt } = evaluation;
  return db.transaction(() => {
    if (source === 'training') {
      db.prepare("DELETE FROM evaluations WHERE run_id = ? AND source = 'training'").run(runId);
    }
    const id = Number(
      db
        .prepare(
          'INSERT INTO evaluations (run_id, dataset_id, source, report, created_at) VALUES (?, ?, ?, ?, ?)',
        )
        .run(runId, datasetId, source, JSON.stringify(report), createdAt).lastInsertRowid,
    );
    for (const part of evaluation.predictions) insertPredictions(db, id, part);
    return id;
  })();
}

/** Evaluations of a run, newest first. */
export function listEvaluations(db: Db, runId: number): EvaluationHead[] {
  return db.prepare<[number], EvaluationHead>(`${SELECT_HEAD} WHERE run_id = ? ORDER BY id DESC`).all(runId);
}

/** The evaluation of the run's own parts, or null while there is none. */
export function findTrainingEvaluation(db: Db, runId: number): EvaluationHead | null {
  return (
    db
      .prepare<[number], EvaluationHead>(`${SELECT_HEAD} WHERE run_id = ? AND source = 'training'`)
      .get(runId) ?? null
  );
}

/** @throws AppError `not-found`. */
export function getEvaluation(db: Db, id: number): EvaluationHead {
  const head = db.prepare<[number], EvaluationHead>(`${SELECT_HEAD} WHERE id = ?`).get(id);
  if (!head) throw new AppError('not-found', `There is no evaluation ${id}.`);
  return head;
}

/** @throws AppError `not-found`. */
export function getReport(db: Db, evaluationId: number): EvaluationReport {
  const report = db
    .prepare<[number], string>('SELECT report FROM evaluations WHERE id = ?')
    .pluck()
    .get(evaluationId);
  if (report === undefined) throw new AppError('not-found', `There is no evaluation ${evaluationId}.`);
  return EvaluationReport.parse(JSON.parse(report));
}

/** The predictions of one part in the order in which they were made; empty when the part was not kept. */
export function listPredictions(db: Db, evaluationId: number, part: string): Prediction[] {
  return db
    .prepare<
      [number, string],
      { imageId: string; lesionId: string; trueClass: number | null; probabilities: Buffer }
    >(
      `SELECT image_id AS imageId, lesion_id AS lesionId, true_class AS trueClass, probabilities
       FROM predictions WHERE evaluation_id = ? AND part = ? ORDER BY position`,
    )
    .all(evaluationId, part)
    .map((row) => ({ ...row, probabilities: decodeProbabilities(row.probabilities) }));
}

/** The parts whose predictions are kept. */
export function listPredictionParts(db: Db, evaluationId: number): string[] {
  return db
    .prepare<[number], string>('SELECT DISTINCT part FROM predictions WHERE evaluation_id = ? ORDER BY part')
    .pluck()
    .all(evaluationId);
}

const SELECT_HEAD =
  'SELECT id, run_id AS runId, dataset_id AS datasetId, source, created_at AS createdAt FROM evaluations';

function insertPredictions(db: Db, evaluationId: number, { part, predictions }: PartPredictions): void {
  const insert = db.prepare(
    `INSERT INTO predictions (evaluation_id, part, position, image_id, lesion_id, true_class, probabilities)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  predictions.forEach(({ imageId, lesionId, trueClass, probabilities }, position) => {
    insert.run(
      evaluationId,
      part,
      position,
      imageId,
      lesionId,
      trueClass,
      encodeProbabilities(probabilities),
    );
  });
}

const BYTES = Float64Array.BYTES_PER_ELEMENT;

function encodeProbabilities(probabilities: readonly number[]): Buffer {
  const blob = Buffer.alloc(probabilities.length * BYTES);
  probabilities.forEach((value, index) => {
    blob.writeDoubleLE(value, index * BYTES);
  });
  return blob;
}

function decodeProbabilities(blob: Buffer): number[] {
  return Array.from({ length: blob.length / BYTES }, (_, index) => blob.readDoubleLE(index * BYTES));
}
