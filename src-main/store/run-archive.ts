/** What is needed to carry a run from one database to another. Runs in the host. */
import type { DatasetManifest } from '../contract/schema/dataset.ts';
import type { ArchivedRun } from '../contract/schema/run-archive.ts';
import { setArtifacts } from './artifacts.ts';
import { findDatasetByName, insertDataset } from './datasets.ts';
import { recordEpoch } from './epochs.ts';
import { insertEvaluation } from './evaluations.ts';
import type { Db } from './open.ts';
import { insertRun } from './runs.ts';
import { setRunSplit } from './splits.ts';

/** The name of a run that is the same on every machine. */
export function getRunUid(db: Db, id: number): string {
  return db.prepare<[number], string>('SELECT uid FROM runs WHERE id = ?').pluck().get(id)!;
}

export function findRunByUid(db: Db, uid: string): number | null {
  return db.prepare<[string], number>('SELECT id FROM runs WHERE uid = ?').pluck().get(uid) ?? null;
}

/** The newest dataset with this content, one that is on this machine before one that is not. */
export function findDatasetByHash(db: Db, hash: string): number | null {
  return (
    db
      .prepare<[string], number>('SELECT id FROM datasets WHERE hash = ? ORDER BY absent, id DESC')
      .pluck()
      .get(hash) ?? null
  );
}

/**
 * Stores a dataset whose pictures are not on this machine, under a name that says so. Importing the same content later
 * takes its place. @param root a folder that is not there @returns its id
 */
export function insertAbsentDataset(db: Db, manifest: DatasetManifest, importedAt: string): number {
  const base = `${manifest.name} (not on this machine)`;
  let name = base;
  for (let number = 2; findDatasetByName(db, name) !== null; number++) name = `${base} ${number}`;
  const id = insertDataset(db, { manifest: { ...manifest, name }, importedAt });
  db.prepare('UPDATE datasets SET absent = 1 WHERE id = ?').run(id);
  return id;
}

/** Whether the dataset is known by its runs' files alone. */
export function isAbsentDataset(db: Db, id: number): boolean {
  return db.prepare<[number], number>('SELECT absent FROM datasets WHERE id = ?').pluck().get(id) === 1;
}

/**
 * Stores a run that ended on another machine, with all that is known of it.
 * @param datasetIdOf by hash @returns its id here
 */
export function insertCarriedRun(
  db: Db,
  { uid, run, epochs, split, artifacts, evaluations }: ArchivedRun,
  datasetIdOf: (hash: string) => number,
): number {
  return db.transaction(() => {
    const { name, datasetHash, config, createdAt } = run;
    const id = insertRun(db, { name, datasetId: datasetIdOf(datasetHash), datasetHash, config, createdAt });
    for (const epoch of epochs) recordEpoch(db, id, epoch);
    if (split) setRunSplit(db, id, split);
    setArtifacts(db, id, artifacts);
    for (const { datasetHash: hash, ...evaluation } of evaluations) {
      insertEvaluation(db, { ...evaluation, runId: id, datasetId: datasetIdOf(hash) });
    }
    writeRecord(db, id, uid, run);
    return id;
  })();
}

function writeRecord(db: Db, id: number, uid: string, run: ArchivedRun['run']): void {
  db.prepare(
    `UPDATE runs SET uid = @uid, environment = @environment, status = @status, failure_code = @failureCode,
       failure_message = @failureMessage, warnings = @warnings, started_at = @startedAt, ended_at = @endedAt,
       epochs_done = @epochsDone, best_epoch = @bestEpoch, training_ms = @trainingMs,
       test_balanced_accuracy = @testBalancedAccuracy, test_accuracy = @testAccuracy,
       validation_balanced_accuracy = @validationBalancedAccuracy, validation_accuracy = @validationAccuracy,
       notes = @notes, tags = @tags, starred = @starred
     WHERE id = @id`,
  ).run({
    id,
    uid,
    environment: run.environment === null ? null : JSON.stringify(run.environment),
    status: run.status,
    failureCode: run.failure?.code ?? null,
    failureMessage: run.failure?.message ?? null,
    warnings: JSON.stringify(run.warnings),
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    epochsDone: run.epochsDone,
    bestEpoch: run.bestEpoch,
    trainingMs: run.trainingMs,
    testBalancedAccuracy: run.testBalancedAccuracy,
    testAccuracy: run.testAccuracy,
    validationBalancedAccuracy: run.validationBalancedAccuracy,
    validationAccuracy: run.validationAccuracy,
    notes: run.notes,
    tags: JSON.stringify(run.tags),
    starred: run.starred ? 1 : 0,
  });
}
