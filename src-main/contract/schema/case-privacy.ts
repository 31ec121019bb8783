/** Who may see the kept cases, who did, and what leaves as a file. Pure (zod only). */
import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Without use for so long, an encrypted store is locked. */
const lockAfterMinutes = z.number().int().min(1).max(480);
/** Who is named in the audit list; null: the user of the system. */
const userName = z.string().trim().min(1).max(80).nullable();

export const CasePrivacy = z.object({
  lockAfterMinutes: lockAfterMinutes.default(10),
  userName: userName.default(null),
});
export type CasePrivacy = z.infer<typeof CasePrivacy>;

/** A key left out stays as it is. */
export const CasePrivacyChange = z.object({ lockAfterMinutes, userName }).partial();
export type CasePrivacyChange = z.infer<typeof CasePrivacyChange>;

export const CaseStoreState = z.object({
  cases: count,
  isEncrypted: z.boolean(),
  /** Encrypted, and the passphrase has not been given, or not been used for too long. */
  isLocked: z.boolean(),
  privacy: CasePrivacy,
  /** Named in the audit list at present. */
  user: z.string(),
  /** Something deleted is still in the log of the database, since another program has it open. */
  isErasurePending: z.boolean(),
  /** Cases that cannot be read, since the file was changed from outside; they can be deleted. Empty while locked. */
  damaged: z.array(z.string()),
});
export type CaseStoreState = z.infer<typeof CaseStoreState>;

/** What can be brought to mind, yet holds against a computer that tries (NIST SP 800-63B-4, 3.1.1: length, no rules of composition). */
export const LEAST_PASSPHRASE_SIGNS = 12;
export const NewPassphrase = z
  .string()
  .max(1000)
  .refine(
    (text) => [...text.normalize('NFKC')].length >= LEAST_PASSPHRASE_SIGNS,
    `is too short: a passphrase needs at least ${LEAST_PASSPHRASE_SIGNS} characters, four words for instance`,
  );

export const AUDITED = [
  'classified',
  'kept',
  'opened',
  'changed',
  'image-added',
  'image-deleted',
  'exported',
  'exported-with-patient-fields',
  'deleted',
  'locked',
  'unlocked',
  'failed-unlock',
  'passphrase-set',
  'passphrase-changed',
  'passphrase-removed',
  'privacy-changed',
  'audit-exported',
] as const;
export const Audited = z.enum(AUDITED);
export type Audited = z.infer<typeof Audited>;

/** One line: nothing of a case but its id. `hash` is SHA-256 over the line before's hash and this line. */
export const AuditEntry = z.object({
  sequence: z.number().int().positive(),
  at: z.string(),
  who: z.string(),
  what: Audited,
  caseId: z.string().nullable(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** A line's number and hash, noted elsewhere: what comes up to it cannot be rewritten unseen. */
export const AuditAnchor = z.object({ sequence: count, hash: z.string().regex(/^[0-9a-f]{64}$/) });
export type AuditAnchor = z.infer<typeof AuditAnchor>;

export const AuditPage = z.object({ total: count, head: AuditAnchor, entries: z.array(AuditEntry) });
export type AuditPage = z.infer<typeof AuditPage>;

export const AuditCheck = z.object({
  isWhole: z.boolean(),
  entries: count,
  /** Number of the first line that is not what was written, or is not there. */
  firstBroken: z.number().int().positive().nullable(),
  /** The finding in a sentence. */
  message: z.string(),
  /** To be noted elsewhere. */
  head: AuditAnchor,
});
export type AuditCheck = z.infer<typeof AuditCheck>;

export const CaseExportRequest = z.object({
  ids: z.array(z.string()).min(1),
  format: z.enum(['csv', 'json']),
  withImages: z.boolean().default(false),
  withPatientFields: z.boolean().default(false),
  /** Where the file is to lie; null: it is answered as `content`. */
  path: z.string().min(1).nullable(),
});
export type CaseExportRequest = z.infer<typeof CaseExportRequest>;

/** What is on a report beside picture and answer. */
export const ReportWishes = z.object({
  withNotes: z.boolean().default(false),
  withPatientFields: z.boolean().default(false),
});
export type ReportWishes = z.infer<typeof ReportWishes>;

/** A report that the host holds in memory: one page of HTML, which a window shows, prints and saves by its asset. */
export const ReportPage = z.object({ name: z.string(), asset: z.string() });
export type ReportPage = z.infer<typeof ReportPage>;

export const PAPERS = ['a4', 'letter'] as const;

/** A file: at a path of a person's choice, or as base64 to be saved by the window. It never lies in the data folder. */
export const CaseFile = z.object({
  name: z.string(),
  mediaType: z.string(),
  path: z.string().nullable(),
  content: z.string().nullable(),
  bytes: count,
});
export type CaseFile = z.infer<typeof CaseFile>;
