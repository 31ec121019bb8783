/** The audit list in words, and its lines as they are noted elsewhere. Pure. */
import { AuditAnchor, type Audited } from '../../../src-main/contract/schema/case-privacy.ts';

export const AUDIT_WORDS: Readonly<Record<Audited, string>> = {
  classified: 'asked a model about a picture',
  kept: 'kept a case',
  opened: 'opened it',
  changed: 'changed it',
  'image-added': 'added a picture',
  'image-deleted': 'deleted a picture',
  exported: 'exported it',
  'exported-with-patient-fields': 'exported it with patient fields',
  deleted: 'deleted it',
  locked: 'locked the cases',
  unlocked: 'unlocked the cases',
  'failed-unlock': 'gave a wrong passphrase',
  'passphrase-set': 'set a passphrase',
  'passphrase-changed': 'changed the passphrase',
  'passphrase-removed': 'removed the passphrase',
  'privacy-changed': 'changed lock or name',
  'audit-exported': 'saved this list',
};

/** "120 3f2a…": number and hash of a line. */
export function writeAnchor({ sequence, hash }: AuditAnchor): string {
  return `${sequence} ${hash}`;
}

/** Null for what is no line as it is written above. */
export function readAnchor(text: string): AuditAnchor | null {
  const [, sequence, hash] = /^(\d+)[\s:,]+([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  const anchor = AuditAnchor.safeParse({ sequence: Number(sequence), hash: hash?.toLowerCase() });
  return anchor.success ? anchor.data : null;
}
