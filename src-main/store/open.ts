/**
 * Opens a database: the history, or another with migrations of its own. Runs in the host, which alone writes it (several hosts may have it open at once).
 *
 * Guarantees: WAL, foreign keys on, newest version; a database from a newer version is only read, never touched; every way to
 * fail has a code (`newer-version`, `locked`, `read-only`, `corrupt`) and names the file.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MIGRATIONS, type Migration, migrate, refuseNewer } from './migrate.ts';
import { explainSqliteError } from './sqlite-error.ts';

export type Db = Database.Database;

/** How long a write waits for another process before it gives up. */
const BUSY_TIMEOUT_MS = 5000;

export interface OpenOptions {
  readonly busyTimeoutMs?: number | undefined;
  /** Those of the history, unless it is another database. */
  readonly migrations?: readonly Migration[] | undefined;
  /** Set before anything is written. */
  readonly pragmas?: readonly string[] | undefined;
}

/** @param file path of the database; made when it is not there, its folder must be. */
export function openDatabase(file: string, options: OpenOptions = {}): Db {
  try {
    if (existsSync(file)) refuseNewerUntouched(file, options);
    return openForWriting(file, options);
  } catch (thrown) {
    throw explainSqliteError(thrown, file);
  }
}

/** Opening for writing may already checkpoint the log into the file, so the version is read without that right. */
function refuseNewerUntouched(file: string, { busyTimeoutMs, migrations }: OpenOptions): void {
  const db = new Database(file, { readonly: true, timeout: busyTimeoutMs ?? BUSY_TIMEOUT_MS });
  try {
    refuseNewer(db, migrations);
  } finally {
    db.close();
  }
}

/** A history of 10,000 runs is 24 MB: read whole, it must fit into the cache (in KiB), or each reading fetches all pages anew. */
const PRAGMAS = ['journal_mode = WAL', 'foreign_keys = ON', 'cache_size = -65536'];

function openForWriting(file: string, { busyTimeoutMs, migrations, pragmas = [] }: OpenOptions): Db {
  const db = new Database(file, { timeout: busyTimeoutMs ?? BUSY_TIMEOUT_MS });
  try {
    for (const pragma of [...PRAGMAS, ...pragmas]) db.pragma(pragma);
    migrate(db, undefined, migrations ?? MIGRATIONS);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}
