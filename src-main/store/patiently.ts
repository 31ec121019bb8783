/**
 * Writes that can wait while another program holds the database, for what took longer to make than a person would do again. Runs
 * in the host, which answers others meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from './open.ts';
import { isBusy } from './sqlite-error.ts';

export interface Patience {
  /** Aborted by whoever does not want to wait any more. */
  readonly signal?: AbortSignal | undefined;
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 10 * 60_000;
const RETRY_MS = 250;

/**
 * Does `work`, again and again while another program holds the database. The last time, when there is no more patience, it waits as
 * long as the connection does.
 * @param work reads and writes `db`; changes nothing when it throws
 * @throws what `work` throws
 */
export async function patiently<T>(
  db: Db,
  work: () => T,
  { signal, limitMs = LIMIT_MS }: Patience = {},
): Promise<T> {
  const began = performance.now();
  while (!signal?.aborted && performance.now() - began < limitMs) {
    try {
      return withoutWaiting(db, work);
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return work();
}

/** Does `work` now or not at all. @throws what `work` throws, SQLITE_BUSY at once */
export function withoutWaiting<T>(db: Db, work: () => T): T {
  const usualMs = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    db.pragma(`busy_timeout = ${usualMs}`);
  }
}
