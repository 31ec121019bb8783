/** The files that a run left in its folder, with hashes and sizes. Runs in the host. */
import type { Artifact } from '../contract/schema/run.ts';
import type { Db } from './open.ts';

/** Replaces the list of a run's files. */
export function setArtifacts(db: Db, runId: number, artifacts: readonly Artifact[]): void {
  db.transaction(() => {
    db.prepare('DELETE FROM artifacts WHERE run_id = ?').run(runId);
    const insert = db.prepare(
      'INSERT INTO artifacts (run_id, path, kind, sha256, bytes) VALUES (@runId, @path, @kind, @sha256, @bytes)',
    );
    for (const artifact of artifacts) insert.run({ runId, ...artifact });
  })();
}

/** Forgets the files that a training writes anew, whose hashes hold no longer once it goes on; what a run began with stays. */
export function forgetTrainedArtifacts(db: Db, runId: number): void {
  db.prepare("DELETE FROM artifacts WHERE run_id = ? AND kind NOT IN ('model-file', 'split')").run(runId);
}

export function listArtifacts(db: Db, runId: number): Artifact[] {
  return db
    .prepare<[number], Artifact>(
      'SELECT kind, path, sha256, bytes FROM artifacts WHERE run_id = ? ORDER BY path',
    )
    .all(runId);
}
