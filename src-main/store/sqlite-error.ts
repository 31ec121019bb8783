/** What SQLite reports, in words and codes of the contract. Runs in the host. */
import Database from 'better-sqlite3';
import { AppError } from '../contract/errors.ts';

/** The last: no room even for the index of the log, which is made when a database is opened. */
const FULL = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE'];

/** Whether another process holds the database. */
export function isBusy(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_BUSY');
}

/** Turns an error of SQLite into an AppError; anything else comes back as it is. */
export function explainSqliteError(thrown: unknown, file: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const code = thrown.code;
  const explained = (appCode: ConstructorParameters<typeof AppError>[0], message: string) =>
    new AppError(appCode, message, { cause: thrown, details: { sqlite: code } });

  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return explained(
      'locked',
      `The database ${file} is locked by another process. Close the other program, then try again.`,
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return explained(
      'corrupt',
      `The file ${file} is damaged or not a Lesion Lab database (${thrown.message}). It was left as it is: restore a copy, or choose another folder with --data-dir.`,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return explained(
      'read-only',
      `The database ${file} cannot be written (${thrown.message}). Make its folder writable, or choose another with --data-dir.`,
    );
  }
  if (FULL.includes(code)) {
    return explained(
      'disk-full',
      `The disk of ${file} is full, or a file size limit is reached. Free some space or raise the limit, then try again; what was saved is kept.`,
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return explained(
      'read-only',
      `The disk of ${file} failed (${code}). See whether it is connected and sound, then try again; what was saved is kept.`,
    );
  }
  return thrown;
}
