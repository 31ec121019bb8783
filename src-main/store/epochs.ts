/** One row for each epoch of a run. Runs in the host. */
import type { EpochRecord } from '../contract/schema/run.ts';
import type { Db } from './open.ts';

interface EpochRow {
  epoch: number;
  train_loss: number;
  train_accuracy: number;
  train_balanced_accuracy: number | null;
  validation_loss: number | null;
  validation_accuracy: number | null;
  validation_balanced_accuracy: number | null;
  learning_rate: number;
  images_per_second: number;
  elapsed_ms: number;
  best: number;
}

/**
 * Records an epoch and the run's progress in one transaction. What a run had done beyond it before is forgotten: a
 * resumed run tells its epochs up to the checkpoint again and goes on from there.
 */
export function recordEpoch(db: Db, runId: number, record: EpochRecord): void {
  const row: EpochRow = {
    epoch: record.epoch,
    train_loss: record.train.loss,
    train_accuracy: record.train.accuracy,
    train_balanced_accuracy: record.train.balancedAccuracy,
    validation_loss: record.validation?.loss ?? null,
    validation_accuracy: record.validation?.accuracy ?? null,
    validation_balanced_accuracy: record.validation?.balancedAccuracy ?? null,
    learning_rate: record.learningRate,
    images_per_second: record.imagesPerSecond,
    elapsed_ms: record.elapsedMs,
    best: record.best ? 1 : 0,
  };
  db.transaction(() => {
    db.prepare('DELETE FROM epochs WHERE run_id = ? AND epoch >= ?').run(runId, record.epoch);
    db.prepare(
      `INSERT INTO epochs (run_id, epoch, train_loss, train_accuracy, train_balanced_accuracy,
         validation_loss, validation_accuracy, validation_balanced_accuracy, learning_rate, images_per_second,
         elapsed_ms, best)
       VALUES (@runId, @epoch, @train_loss, @train_accuracy, @train_balanced_accuracy, @validation_loss,
         @validation_accuracy, @validation_balanced_accuracy, @learning_rate, @images_per_second, @elapsed_ms, @best)`,
    ).run({ ...row, runId });
    db.prepare(
      `UPDATE runs SET epochs_done = @epoch, best_epoch = CASE WHEN @best = 1 THEN @epoch ELSE best_epoch END
       WHERE id = @runId`,
    ).run({ runId, epoch: record.epoch, best: row.best });
  })();
}

/** All epochs of a run, from 1. */
export function listEpochs(db: Db, runId: number): EpochRecord[] {
  return db
    .prepare<[number], EpochRow>('SELECT * FROM epochs WHERE run_id = ? ORDER BY epoch')
    .all(runId)
    .map(toRecord);
}

function toRecord(row: EpochRow): EpochRecord {
  const hasValidation = row.validation_loss !== null && row.validation_accuracy !== null;
  return {
    epoch: row.epoch,
    train: {
      loss: row.train_loss,
      accuracy: row.train_accuracy,
      balancedAccuracy: row.train_balanced_accuracy,
    },
    validation: hasValidation
      ? {
          loss: row.validation_loss!,
          accuracy: row.validation_accuracy!,
          balancedAccuracy: row.validation_balanced_accuracy,
        }
      : null,
    learningRate: row.learning_rate,
    imagesPerSecond: row.images_per_second,
    elapsedMs: row.elapsed_ms,
    best: row.best === 1,
  };
}
