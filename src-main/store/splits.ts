/** The splits that runs used; equal ones are kept once. Runs in the host. */
import { createHash } from 'node:crypto';
import { Split } from '../contract/schema/dataset.ts';
import type { Db } from './open.ts';

/** Stores the split of a run; storing it again (a resumed run has the same) changes nothing. */
export function setRunSplit(db: Db, runId: number, split: Split): void {
  const parts = JSON.stringify(Split.parse(split));
  const sha256 = createHash('sha256').update(parts).digest('hex');
  db.transaction(() => {
    db.prepare('INSERT INTO splits (sha256, parts) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING').run(
      sha256,
      parts,
    );
    db.prepare('UPDATE runs SET split_id = (SELECT id FROM splits WHERE sha256 = ?) WHERE id = ?').run(
      sha256,
      runId,
    );
  })();
}

/** @returns the split of a run; null for one of a version that remembered it at the end, when it had no such end */
export function getRunSplit(db: Db, runId: number): Split | null {
  const parts = db
    .prepare<[number], string>('SELECT parts FROM splits WHERE id = (SELECT split_id FROM runs WHERE id = ?)')
    .pluck()
    .get(runId);
  return parts === undefined ? null : Split.parse(JSON.parse(parts));
}

/** Removes splits that no run uses any more. */
export function deleteUnusedSplits(db: Db): void {
  db.prepare(
    'DELETE FROM splits WHERE id NOT IN (SELECT split_id FROM runs WHERE split_id IS NOT NULL)',
  ).run();
}
