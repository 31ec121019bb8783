/**
 * A lock that one process at a time can hold, for what must not happen twice in a data folder (training). Runs in the
 * host.
 *
 * It is a write transaction held open on a small SQLite file of its own: the operating system lets go of it
 * however its holder ends, kill -9 and power cuts included, so that there is no stale lock to guess about.
 */
import Database from 'better-sqlite3';
import { explainSqliteError, isBusy } from './sqlite-error.ts';

export interface ProcessLock {
  release(): void;
}

export type LockAttempt = { readonly lock: ProcessLock } | { readonly heldBy: number | null };

/**
 * Takes the lock, or says which process holds it (null in the moment before the holder has written its id).
 * @param waitMs how long to wait for a holder that lets go soon
 */
export function tryLock(file: string, waitMs = 0): LockAttempt {
  try {
    const db = new Database(file, { timeout: waitMs });
    try {
      db.exec('BEGIN IMMEDIATE');
      db.pragma(`user_version = ${process.pid}`);
      db.exec('COMMIT; BEGIN IMMEDIATE');
      return { lock: { release: () => db.close() } };
    } catch (thrown) {
      const heldBy = isBusy(thrown) ? readHolder(db) : null;
      db.close();
      if (isBusy(thrown)) return { heldBy };
      throw thrown;
    }
  } catch (thrown) {
    throw explainSqliteError(thrown, file);
  }
}

function readHolder(db: Database.Database): number | null {
  try {
    return (db.pragma('user_version', { simple: true }) as number) || null;
  } catch (thrown) {
    if (isBusy(thrown)) return null;
    throw thrown;
  }
}
