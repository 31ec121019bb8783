/** The order of the runs that wait. Runs in the host. */
import type { Db } from './open.ts';

/** Waiting runs, the next one first. */
export function listQueue(db: Db): number[] {
  return db
    .prepare<[], number>("SELECT id FROM runs WHERE status = 'queued' ORDER BY queue_position NULLS LAST, id")
    .pluck()
    .all();
}

/** Puts a run behind all that wait. */
export function putLast(db: Db, id: number): void {
  setOrder(db, [...listQueue(db).filter((waiting) => waiting !== id), id]);
}

/** @param ids waiting runs, the next one first; others keep their place behind them */
export function setOrder(db: Db, ids: readonly number[]): void {
  db.transaction(() => {
    const rest = listQueue(db).filter((id) => !ids.includes(id));
    const place = db.prepare('UPDATE runs SET queue_position = ? WHERE id = ?');
    for (const [index, id] of [...ids, ...rest].entries()) place.run(index + 1, id);
  }).immediate();
}

/** Runs that are recorded as training, oldest first. */
export function listRunning(db: Db): number[] {
  return db.prepare<[], number>("SELECT id FROM runs WHERE status = 'running' ORDER BY id").pluck().all();
}
