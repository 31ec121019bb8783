/** Completed runs seen by their settings: seeds of one configuration, and one setting against the figures. Runs in the host. */
import type { ConfigKey } from '../contract/config-fields.ts';
import type { SeedGroup, SettingPoint } from '../contract/schema/history.ts';
import type { Db } from './open.ts';
import { getRun } from './runs.ts';

/**
 * Completed runs, this one among them if it is, that were made on the same data with the same configuration but for the
 * seed; ordered by seed. @throws AppError `not-found`
 */
export function listSeeds(db: Db, id: number): SeedGroup['runs'] {
  getRun(db, id);
  return db
    .prepare<[number], SeedGroup['runs'][number]>(
      `SELECT other.id, other.name, other.seed, other.test_balanced_accuracy AS testBalancedAccuracy,
              other.test_accuracy AS testAccuracy,
              other.validation_balanced_accuracy AS validationBalancedAccuracy,
              other.validation_accuracy AS validationAccuracy
       FROM runs AS run JOIN runs AS other
         ON other.model = run.model AND other.status = 'completed'
            AND other.split_method = run.split_method AND other.dataset_hash = run.dataset_hash
            AND json_remove(other.config, '$.seed') = json_remove(run.config, '$.seed')
       WHERE run.id = ? ORDER BY other.seed, other.id`,
    )
    .all(id);
}

/** The newest points that a chart can show apart. */
const MOST_POINTS = 2000;

/**
 * One setting and the figures of completed runs that were made on the same data as the first of these runs; these among them,
 * then the newest. @throws AppError `not-found`
 */
export function listSettingPoints(
  db: Db,
  { ids, setting }: { ids: readonly number[]; setting: ConfigKey },
): SettingPoint[] {
  const { datasetHash } = getRun(db, ids[0]!);
  return db
    .prepare<[object], Omit<SettingPoint, 'value'> & { value: string }>(
      `SELECT id, name, model, config -> @path AS value, test_balanced_accuracy AS testBalancedAccuracy,
              test_accuracy AS testAccuracy, validation_balanced_accuracy AS validationBalancedAccuracy,
              validation_accuracy AS validationAccuracy
       FROM runs WHERE dataset_hash = @datasetHash AND status = 'completed'
       ORDER BY id IN (SELECT value FROM json_each(@ids)) DESC, id DESC LIMIT @limit`,
    )
    .all({ ids: JSON.stringify(ids), path: `$.${setting}`, datasetHash, limit: MOST_POINTS })
    .map((row) => ({ ...row, value: JSON.parse(row.value ?? 'null') }));
}
