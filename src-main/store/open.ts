/**
 * Opens the history database. Runs in the host, which alone writes it (several hosts may have it open at once).
 *
 * Guarantees: WAL, foreign keys on, newest version; a database from a newer version is only read, never touched; every way to
 * fail has a code (`newer-version`, `locked`, `read-only`, `corrupt`) and names the file.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { migrate, refuseNewer } from './migrate.ts';
import { explainSqliteError } from './sqlite-error.ts';

export type Db = Database.Database;

/** How long a write waits for another process before it gives up. */
const BUSY_TIMEOUT_MS = 5000;

/** @param file path of the database; made when it is not there, its folder must be. */
export function openDatabase(file: string, { busyTimeoutMs = BUSY_TIMEOUT_MS } = {}): Db {
  try {
    if (existsSync(file)) refuseNewerUntouched(file, busyTimeoutMs);
    return openForWriting(file, busyTimeoutMs);
  } catch (thrown) {
    throw explainSqliteError(thrown, file);
  }
}

/** Opening for writing may already checkpoint the log into the file, so the version is read without that right. */
function refuseNewerUntouched(file: string, timeout: number): void {
  const db = new Database(file, { readonly: true, timeout });
  try {
    refuseNewer(db);
  } finally {
    db.close();
  }
}

function openForWriting(file: string, timeout: number): Db {
  const db = new Database(file, { timeout });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('foreign_keys = ON');
    migrate(db);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}
