/** What the database and the operating system throw, as an AppError. Runs in the host. */
import { explainSystemError } from '../contract/system-error.ts';
import { explainSqliteError } from '../store/sqlite-error.ts';

/** Anything that is neither comes back as it is. @param database path of the database, to name it */
export function explain(thrown: unknown, database: string): unknown {
  return explainSystemError(explainSqliteError(thrown, database));
}
