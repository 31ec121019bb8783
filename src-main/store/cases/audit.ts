/**
 * The audit list: who did what with which case, chained by hashes. Runs in the host.
 *
 * Each line's hash is SHA-256 over the hash before it, a line feed, and the line as a JSON list `[sequence, at, who, what, caseId]`. So a line
 * that is changed, taken out or put in breaks the chain there, and a shortened list does not reach the head that is kept beside it.
 * A chain proves nothing against one who can write the file and computes it anew to the end: that is found only with a line's number and
 * hash noted elsewhere. Nor does it prove that everything was written: the names are what the system or a setting says.
 */
import { createHash } from 'node:crypto';
import type {
  AuditAnchor,
  AuditCheck,
  AuditEntry,
  Audited,
  AuditPage,
} from '../../contract/schema/case-privacy.ts';
import type { Db } from '../open.ts';

const START: AuditAnchor = { sequence: 0, hash: '0'.repeat(64) };
const COLUMNS = 'sequence, at, who, what, case_id AS caseId, hash';

export interface AuditedAct {
  readonly at: string;
  readonly who: string;
  readonly what: Audited;
  readonly caseId: string | null;
}

/** To be called within a transaction, with the act that it tells of. */
export function appendAudit(db: Db, acts: readonly AuditedAct[]): void {
  const insert = db.prepare('INSERT INTO audit VALUES (@sequence, @at, @who, @what, @caseId, @hash)');
  let head = readHead(db);
  for (const act of acts) {
    const sequence = head.sequence + 1;
    head = { sequence, hash: chainHash(head.hash, { ...act, sequence }) };
    insert.run({ ...act, ...head });
  }
  db.prepare(
    'INSERT INTO audit_head VALUES (1, @sequence, @hash) ON CONFLICT (one) DO UPDATE SET sequence = @sequence, hash = @hash',
  ).run(head);
}

/** The newest first. */
export function listAudit(db: Db, { offset, limit }: { offset: number; limit: number }): AuditPage {
  const total = db.prepare<[], number>('SELECT count(*) FROM audit').pluck().get() ?? 0;
  const entries = db
    .prepare<[number, number], AuditEntry>(
      `SELECT ${COLUMNS} FROM audit ORDER BY sequence DESC LIMIT ? OFFSET ?`,
    )
    .all(limit, offset);
  return { total, head: readHead(db), entries };
}

/** From the first on. */
export function allAudit(db: Db): IterableIterator<AuditEntry> {
  return db.prepare<[], AuditEntry>(`SELECT ${COLUMNS} FROM audit ORDER BY sequence`).iterate();
}

/** @param anchor a line's number and hash that were noted elsewhere earlier */
export function verifyAudit(db: Db, anchor?: AuditAnchor): AuditCheck {
  return db.transaction((): AuditCheck => {
    const head = readHead(db);
    let last = START;
    const broken = (firstBroken: number, message: string): AuditCheck => ({
      isWhole: false,
      entries: last.sequence,
      firstBroken,
      message,
      head,
    });
    for (const { hash, ...entry } of allAudit(db)) {
      const sequence = last.sequence + 1;
      if (entry.sequence !== sequence) return broken(sequence, `Line ${sequence} is missing.`);
      if (chainHash(last.hash, entry) !== hash) {
        return broken(
          sequence,
          `Line ${sequence} is not what was written, or a line before it was exchanged.`,
        );
      }
      last = { sequence, hash };
      if (anchor?.sequence === sequence && anchor.hash !== hash) {
        return broken(sequence, `Up to line ${sequence}, the list is not the one whose hash was noted.`);
      }
    }
    const reach = Math.max(head.sequence, anchor?.sequence ?? 0);
    if (reach > last.sequence) {
      return broken(last.sequence + 1, `The list ends at line ${last.sequence}; there were ${reach}.`);
    }
    if (head.hash !== last.hash) {
      return broken(last.sequence, `Line ${last.sequence} is not the last one that was written.`);
    }
    return {
      isWhole: true,
      entries: last.sequence,
      firstBroken: null,
      message: anchor
        ? `All ${last.sequence} lines are as they were written, up to the noted one for certain.`
        : `All ${last.sequence} lines fit together. Only a hash noted elsewhere can show that the whole list was not written anew.`,
      head,
    };
  })();
}

function readHead(db: Db): AuditAnchor {
  return db.prepare<[], AuditAnchor>('SELECT sequence, hash FROM audit_head WHERE one = 1').get() ?? START;
}

function chainHash(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, at, who, what, caseId } = entry;
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify([sequence, at, who, what, caseId])}`)
    .digest('hex');
}
