/** Runs: what was asked for, what became of it, its headline figures and a person's labels. Runs in the host. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { EvaluationReport } from '../contract/schema/evaluation.ts';
import {
  type Environment,
  RUN_TRANSITIONS,
  type RunLabels,
  type RunRecord,
  type RunStatus,
} from '../contract/schema/run.ts';
import { nameKey } from './name-key.ts';
import type { Db } from './open.ts';
import { type RunRow, toRunRecord } from './run-rows.ts';
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
        `INSERT INTO runs (uid, name, name_key, dataset_id, dataset_hash, config, model, split_method, class_weights, learning_rate,
                           batch_size, seed, epochs, status, created_at)
         VALUES (@uid, @name, @nameKey, @datasetId, @datasetHash, @config, @model, @splitMethod, @classWeights, @learningRate,
                 @batchSize, @seed, @epochs, 'queued', @createdAt)`,
      )
      .run({
        ...rest,
        uid: randomUUID(),
        nameKey: nameKey(run.name),
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
  return toRunRecord(row);
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
  const before = getRun(db, id);
  const run = { ...before, ...labels, name: labels.name ?? before.name };
  db.prepare(
    `UPDATE runs SET name = @name, name_key = @nameKey, notes = @notes, tags = @tags, starred = @starred
     WHERE id = @id`,
  ).run({
    id,
    name: run.name,
    nameKey: nameKey(run.name),
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
