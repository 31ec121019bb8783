/** What runs took in time and memory, and which of them are like one to come. Runs in the host. */
import { TrainingConfig } from '../contract/schema/config.ts';
import type { Db } from './open.ts';

/** Largest memory of the worker, and median time from the end of one epoch to the end of the next; null: not known. */
export interface RunCosts {
  readonly peakResidentBytes: number | null;
  readonly wholeEpochMs: number | null;
}

export interface LikeRun extends RunCosts {
  readonly runId: number;
  readonly imagesPerSecond: number;
  /** Images that an epoch trains on. */
  readonly trainImages: number;
}

/** Settings on which time and memory of a step depend. */
const SAME = [
  'modelFile',
  'imageWidthPx',
  'imageHeightPx',
  'trainableLayers',
  'optimiser',
  'device',
  'intraOpThreads',
  'interOpThreads',
  'oneDnn',
] as const satisfies readonly (keyof TrainingConfig)[];

export function setRunCosts(db: Db, id: number, costs: RunCosts): void {
  db.prepare('UPDATE runs SET peak_resident_bytes = ?, whole_epoch_ms = ? WHERE id = ?').run(
    costs.peakResidentBytes,
    costs.wholeEpochMs,
    id,
  );
}

/**
 * Runs whose steps did the same work on the same kind of device: equal model, image size, batch, trained layers and threads.
 * Newest first, without those whose settings this version does not know.
 * @param isLike judges the rest of its settings
 */
export function listLikeRuns(
  db: Db,
  config: TrainingConfig,
  isLike: (other: TrainingConfig) => boolean,
  limit: number,
): LikeRun[] {
  const same = SAME.map((key) => `json_extract(config, '$.${key}') IS @${key}`).join(' AND ');
  const wanted = Object.fromEntries(SAME.map((key) => [key, bindable(config[key])]));
  const rows = db.prepare<[object], LikeRun & { config: string }>(
    `SELECT runs.id AS runId, runs.config AS config, peak_resident_bytes AS peakResidentBytes, whole_epoch_ms AS wholeEpochMs,
            avg(images_per_second) AS imagesPerSecond,
            round(avg(images_per_second * elapsed_ms / 1000)) AS trainImages
     FROM runs JOIN epochs ON epochs.run_id = runs.id
     WHERE model = @model AND batch_size = @batchSize AND ${same}
     GROUP BY runs.id ORDER BY runs.id DESC`,
  );
  const runs: LikeRun[] = [];
  for (const { config: stored, ...run } of rows.iterate({
    ...wanted,
    model: config.model,
    batchSize: config.batchSize,
  })) {
    if (runs.length === limit) break;
    const other = TrainingConfig.safeParse(JSON.parse(stored));
    if (other.success && isLike(other.data)) runs.push(run);
  }
  return runs;
}

/** SQLite gives a JSON boolean as 0 or 1. */
function bindable(value: string | number | boolean | null): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}
