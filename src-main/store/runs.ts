/** Runs: what was asked for, what became of it, its headline figures and a person's labels. Runs in the host. */
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { EvaluationReport } from '../contract/schema/evaluation.ts';
import {
  type Environment,
  RUN_TRANSITIONS,
  type RunLabels,
  type RunQuery,
  RunRecord,
  type RunStatus,
  type RunSummary,
} from '../contract/schema/run.ts';
import type { Db } from './open.ts';
import { deleteUnusedSplits } from './splits.ts';

/** Stores a new run with status `queued`. @returns its id, which is never used again, even after a delete. */
export function insertRun(
  db: Db,
  run: { name: string; datasetId: number; datasetHash: string; config: TrainingConfig; createdAt: string },
): number {
  const { config, ...rest } = run;
  return Number(
    db
      .prepare(
        `INSERT INTO runs (name, dataset_id, dataset_hash, config, model, split_method, class_weights, learning_rate,
                           batch_size, seed, epochs, status, created_at)
         VALUES (@name, @datasetId, @datasetHash, @config, @model, @splitMethod, @classWeights, @learningRate,
                 @batchSize, @seed, @epochs, 'queued', @createdAt)`,
      )
      .run({
        ...rest,
        config: JSON.stringify(config),
        model: config.model,
        splitMethod: config.splitMethod,
        classWeights: config.classWeights,
        learningRate: config.learningRate,
        batchSize: config.batchSize,
        seed: config.seed,
        epochs: config.epochs,
      }).lastInsertRowid,
  );
}

/** @throws AppError `not-found`. */
export function getRun(db: Db, id: number): RunRecord {
  const row = db.prepare<[number], RunRow>('SELECT * FROM runs WHERE id = ?').get(id);
  if (!row)
    throw new AppError('not-found', `There is no run ${id}. "lab runs list" shows those that are there.`);
  return toRecord(row);
}

/** Moves a run to another status. @throws AppError `conflict` when that may not follow the present one, `not-found`. */
export function setRunStatus(
  db: Db,
  id: number,
  change: { to: RunStatus; at: string; failure?: { code: string; message: string } },
): void {
  db.transaction(() => {
    const from = getRun(db, id).status;
    if (!RUN_TRANSITIONS[from].includes(change.to)) {
      throw new AppError('conflict', `Run ${id} is ${from}; it cannot become ${change.to}.`, {
        details: { from, to: change.to },
      });
    }
    const started = change.to === 'running';
    const ended = change.to !== 'running' && change.to !== 'queued';
    db.prepare(
      `UPDATE runs SET status = @to, failure_code = @code, failure_message = @message,
                       started_at = CASE WHEN @started = 1 THEN @at ELSE started_at END,
                       ended_at = CASE WHEN @ended = 1 THEN @at ELSE NULL END
       WHERE id = @id`,
    ).run({
      id,
      to: change.to,
      at: change.at,
      code: change.failure?.code ?? null,
      message: change.failure?.message ?? null,
      started: started ? 1 : 0,
      ended: ended ? 1 : 0,
    });
  }).immediate();
}

export function setRunEnvironment(db: Db, id: number, environment: Environment): void {
  db.prepare('UPDATE runs SET environment = ? WHERE id = ?').run(JSON.stringify(environment), id);
}

/** Adds a warning unless the run has it already. */
export function addRunWarning(db: Db, id: number, warning: string): void {
  const { warnings } = getRun(db, id);
  if (warnings.includes(warning)) return;
  db.prepare('UPDATE runs SET warnings = ? WHERE id = ?').run(JSON.stringify([...warnings, warning]), id);
}

/** Stores what the training gave. Headline figures come from the report's parts `test` and `validation`. */
export function setRunResult(
  db: Db,
  id: number,
  result: {
    epochsDone: number;
    bestEpoch: number | null;
    trainingMs: number;
    report: EvaluationReport | null;
  },
): void {
  const part = (name: string) => result.report?.parts.find((candidate) => candidate.part === name);
  db.prepare(
    `UPDATE runs SET epochs_done = @epochsDone, best_epoch = @bestEpoch, training_ms = @trainingMs,
       test_balanced_accuracy = @testBalanced, test_accuracy = @test,
       validation_balanced_accuracy = @validationBalanced, validation_accuracy = @validation
     WHERE id = @id`,
  ).run({
    id,
    epochsDone: result.epochsDone,
    bestEpoch: result.bestEpoch,
    trainingMs: result.trainingMs,
    testBalanced: part('test')?.balancedAccuracy.value ?? null,
    test: part('test')?.accuracy.value ?? null,
    validationBalanced: part('validation')?.balancedAccuracy.value ?? null,
    validation: part('validation')?.accuracy.value ?? null,
  });
}

/** Changes what a person says about a run. @throws AppError `not-found`. */
export function setRunLabels(db: Db, id: number, labels: RunLabels): void {
  const run = { ...getRun(db, id), ...labels };
  db.prepare(
    'UPDATE runs SET name = @name, notes = @notes, tags = @tags, starred = @starred WHERE id = @id',
  ).run({
    id,
    name: run.name,
    notes: run.notes,
    tags: JSON.stringify(run.tags),
    starred: run.starred ? 1 : 0,
  });
}

/** Forgets a run with all that hangs on it. @throws AppError `conflict` while it is queued or running, `not-found`. */
export function deleteRun(db: Db, id: number): void {
  db.transaction(() => {
    const { status } = getRun(db, id);
    if (status === 'running' || status === 'queued') {
      throw new AppError('conflict', `Run ${id} is ${status}. Cancel it first, then delete it.`);
    }
    db.prepare('DELETE FROM runs WHERE id = ?').run(id);
    deleteUnusedSplits(db);
  }).immediate();
}

/** Runs that have not ended, oldest first. */
export function listUnfinishedRuns(db: Db): number[] {
  return db
    .prepare<[], number>("SELECT id FROM runs WHERE status IN ('queued', 'running') ORDER BY id")
    .pluck()
    .all();
}

const ORDERS: Readonly<Record<RunQuery['order'], string>> = {
  newest: 'runs.id DESC',
  'test-balanced-accuracy': 'test_balanced_accuracy DESC NULLS LAST, runs.id DESC',
  'validation-balanced-accuracy': 'validation_balanced_accuracy DESC NULLS LAST, runs.id DESC',
};

/** Headlines of runs; ten thousand are read in a few hundredths of a second. */
export function listRuns(db: Db, query: RunQuery): RunSummary[] {
  const conditions = [
    query.model === undefined ? null : 'model = @model',
    query.datasetId === undefined ? null : 'dataset_id = @datasetId',
    query.status === undefined ? null : 'status = @status',
    query.starred === undefined ? null : 'starred = @starred',
  ].filter((condition) => condition !== null);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return db
    .prepare<[object], SummaryRow>(
      `SELECT runs.id, runs.name, dataset_id AS datasetId, datasets.name AS datasetName, synthetic, model,
              split_method AS splitMethod, class_weights AS classWeights, learning_rate AS learningRate,
              batch_size AS batchSize, seed, status, created_at AS createdAt, ended_at AS endedAt, epochs,
              epochs_done AS epochsDone, best_epoch AS bestEpoch, test_balanced_accuracy AS testBalancedAccuracy,
              test_accuracy AS testAccuracy, validation_balanced_accuracy AS validationBalancedAccuracy,
              validation_accuracy AS validationAccuracy, training_ms AS trainingMs, tags, starred
       FROM runs JOIN datasets ON datasets.id = dataset_id
       ${where} ORDER BY ${ORDERS[query.order]} LIMIT @limit`,
    )
    .all({ ...query, starred: query.starred ? 1 : 0, limit: query.limit ?? -1 })
    .map((row) => ({
      ...row,
      synthetic: row.synthetic === 1,
      starred: row.starred === 1,
      tags: JSON.parse(row.tags),
    }));
}

type SummaryRow = Omit<RunSummary, 'synthetic' | 'starred' | 'tags'> & {
  synthetic: number;
  starred: number;
  tags: string;
};

interface RunRow {
  id: number;
  name: string;
  dataset_id: number;
  dataset_hash: string;
  config: string;
  environment: string | null;
  status: string;
  failure_code: string | null;
  failure_message: string | null;
  warnings: string;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  epochs_done: number;
  best_epoch: number | null;
  test_balanced_accuracy: number | null;
  test_accuracy: number | null;
  validation_balanced_accuracy: number | null;
  validation_accuracy: number | null;
  training_ms: number | null;
  notes: string;
  tags: string;
  starred: number;
}

function toRecord(row: RunRow): RunRecord {
  return RunRecord.parse({
    id: row.id,
    name: row.name,
    datasetId: row.dataset_id,
    datasetHash: row.dataset_hash,
    config: JSON.parse(row.config),
    environment: row.environment === null ? null : JSON.parse(row.environment),
    status: row.status,
    failure: row.failure_code === null ? null : { code: row.failure_code, message: row.failure_message },
    warnings: JSON.parse(row.warnings),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    epochsDone: row.epochs_done,
    bestEpoch: row.best_epoch,
    testBalancedAccuracy: row.test_balanced_accuracy,
    testAccuracy: row.test_accuracy,
    validationBalancedAccuracy: row.validation_balanced_accuracy,
    validationAccuracy: row.validation_accuracy,
    trainingMs: row.training_ms,
    notes: row.notes,
    tags: JSON.parse(row.tags),
    starred: row.starred === 1,
  });
}
