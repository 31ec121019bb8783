/**
 * Brings a database to the newest version, one numbered migration after another. Runs in the host.
 *
 * The version is SQLite's own `PRAGMA user_version`. Each migration is one transaction: it is there whole or not at all. A
 * migration is never changed once released; a change is a new one.
 */
import type { Database } from 'better-sqlite3';
import { AppError } from '../contract/errors.ts';
import { datasets } from './migrations/0010-datasets.ts';
import { runs } from './migrations/0020-runs.ts';
import { evaluations } from './migrations/0030-evaluations.ts';
import { settings } from './migrations/0040-settings.ts';
import { history } from './migrations/0050-history.ts';
import { queue } from './migrations/0070-queue.ts';
import { costs } from './migrations/0071-costs.ts';
import { oneDnn } from './migrations/0080-one-dnn.ts';
import { naturalNames } from './migrations/0090-natural-names.ts';

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** In ascending order of version. */
export const MIGRATIONS: readonly Migration[] = [
  datasets,
  runs,
  evaluations,
  settings,
  history,
  queue,
  costs,
  oneDnn,
  naturalNames,
];

export const NEWEST_VERSION = newestOf(MIGRATIONS);

function newestOf(migrations: readonly Migration[]): number {
  return Math.max(...migrations.map(({ version }) => version));
}

export function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** @throws AppError `newer-version` when a newer Lesion Lab wrote the database; nothing is changed then. */
export function refuseNewer(db: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const found = schemaVersion(db);
  const newest = newestOf(migrations);
  if (found > newest) {
    throw new AppError(
      'newer-version',
      `The database ${db.name} has version ${found}; this Lesion Lab reads up to ${newest}. It was left as it is. Update Lesion Lab, or choose another folder with --data-dir.`,
      { details: { found, newest } },
    );
  }
}

/** Runs what is missing, up to `target`. Two processes that start at once do not run a migration twice. */
export function migrate(
  db: Database,
  target = Number.POSITIVE_INFINITY,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  for (const { version, sql } of migrations) {
    if (version > target) return;
    if (version <= schemaVersion(db)) continue;
    db.transaction(() => {
      if (version <= schemaVersion(db)) return;
      db.exec(sql);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
}
