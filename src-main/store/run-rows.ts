/** A row of the table of runs as a record of the contract. Runs in the host. */
import { RunRecord } from '../contract/schema/run.ts';

export interface RunRow {
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

/** @throws ZodError for a row that no version of the product wrote */
export function toRunRecord(row: RunRow): RunRecord {
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
