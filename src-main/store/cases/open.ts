/**
 * Opens the case store: a database of its own, apart from the experiments. Runs in the host.
 *
 * Nothing of a case lies outside this file and its two companions (`-wal`, `-shm`): no temporary file is made, deleted content
 * is overwritten, and the log is emptied on opening, whatever a process that was killed had left in it.
 */
import { closeSync, openSync } from 'node:fs';
import { AppError } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import type { Migration } from '../migrate.ts';
import { type Db, openDatabase } from '../open.ts';
import { explainSqliteError } from '../sqlite-error.ts';
import { cases } from './migrations/0010-cases.ts';

/** In ascending order of version. */
export const CASE_MIGRATIONS: readonly Migration[] = [cases];

/** @throws AppError `locked`, `read-only`, `corrupt`, `newer-version`, `disk-full`, each naming the file */
export function openCaseDatabase(file: string, options: { busyTimeoutMs?: number } = {}): Db {
  makePrivateFile(file);
  const db = openDatabase(file, {
    ...options,
    migrations: CASE_MIGRATIONS,
    pragmas: ['secure_delete = ON', 'temp_store = MEMORY'],
  });
  emptyLog(db);
  return db;
}

/** Closed to other users also where the folder is not; SQLite gives its companions the same rights. */
function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

/**
 * Writes the log into the database and truncates it, so that no earlier version of a page is left.
 * @returns false while another program reads the store, whose log then stays
 */
export function emptyLog(db: Db): boolean {
  try {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return outcome?.busy === 0;
  } catch (thrown) {
    const explained = explainSqliteError(thrown, db.name);
    // another one is emptying it at this moment
    if (explained instanceof AppError && explained.code === 'locked') return false;
    throw explained;
  }
}
