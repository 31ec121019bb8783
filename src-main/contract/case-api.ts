/**
 * What a window or the command line asks of the kept cases: the whole list, a part of api.ts. Pure (zod only).
 *
 * All but `case.state`, `case.stay`, `case.lock`, `case.unlock`, `case.audit` and `case.verify-audit` fail with `cases-locked` while an
 * encrypted store is locked. What is deleted or replaced is erased from the files of the store at once; an SSD, a snapshot or a
 * backup may still keep old blocks, which only a passphrase that was set beforehand makes unreadable.
 */
import { z } from 'zod';
import {
  AgreementInput,
  CaseChange,
  CaseDetails,
  CaseFilter,
  CaseId,
  CasePage,
  CaseQuery,
  CaseRecord,
  NO_DETAILS,
} from './schema/case.ts';
import {
  AuditAnchor,
  AuditCheck,
  AuditPage,
  CaseExportRequest,
  CaseFile,
  CasePrivacyChange,
  CaseStoreState,
  NewPassphrase,
  PAPERS,
  ReportPage,
  ReportWishes,
} from './schema/case-privacy.ts';
import { ClinicalAnswer } from './schema/clinical-answer.ts';

const nothing = z.object({});
const byId = z.object({ id: CaseId });
const count = z.number().int().nonnegative();
const passphrase = z.string().min(1).max(1000);

/** A picture with its answer: a path, or the asset of a picture that was held (`held:…`). The day is today unless given. */
const AnsweredPicture = z.object({
  picture: z.string().min(1),
  answer: ClinicalAnswer,
  takenOn: z.iso.date().optional(),
});

export const caseProcedures = {
  'case.state': { input: nothing, output: CaseStoreState },
  /** A person is at the window: the time until the store locks itself begins anew. */
  'case.stay': { input: nothing, output: z.null() },

  /** Keeps the picture without its metadata. @throws `bad-image` */
  'case.keep': {
    input: AnsweredPicture.extend({ details: CaseDetails.partial().default(NO_DETAILS) }),
    output: CaseRecord,
  },
  /** A later picture of the same lesion. */
  'case.add-image': { input: AnsweredPicture.extend({ id: CaseId }), output: CaseRecord },
  /** @throws `conflict` for the only one: then the case is to be deleted */
  'case.delete-image': {
    input: z.object({ id: CaseId, imageId: z.number().int().positive() }),
    output: CaseRecord,
  },
  'case.list': { input: CaseQuery, output: CasePage },
  /** All that the filter lets through, for a selection. */
  'case.ids': { input: CaseQuery.pick({ filter: true, sort: true }), output: z.array(CaseId) },
  'case.get': { input: byId, output: CaseRecord },
  'case.update': { input: byId.extend({ changes: CaseChange }), output: CaseRecord },
  /**
   * Deletes for good. `isErased` is false while another program has the store open: the bytes then go as soon as that is closed.
   * Solid-state disks may keep old blocks for a while, and so do snapshots and backups of the disk.
   */
  'case.delete': {
    input: z.object({ ids: z.array(CaseId).min(1) }),
    output: z.object({ deleted: count, isErased: z.boolean() }),
  },
  /** One file: CSV or JSON, or a zip with it and the pictures. */
  'case.export': { input: CaseExportRequest.extend({ ids: z.array(CaseId).min(1) }), output: CaseFile },
  /** One page on one picture, with its answer and the model's figures. The audit list says that it was exported. */
  'case.report': {
    input: byId.extend({ imageId: z.number().int().positive(), ...ReportWishes.shape }),
    output: ReportPage,
  },
  /** The same of a picture that is not kept. @throws `bad-image` */
  'classify.report': { input: AnsweredPicture.omit({ takenOn: true }), output: ReportPage },
  /** As a PDF, by Chromium's own print path. @throws `conflict` in a host whose window prints, `not-found` once it is no longer held */
  'report.pdf': {
    input: ReportPage.extend({ paper: z.enum(PAPERS) }),
    output: CaseFile,
  },
  /** What the agreement between model, clinician and histology is counted from. */
  'case.agreement': { input: z.object({ filter: CaseFilter.prefault({}) }), output: AgreementInput },

  /** @throws `wrong-passphrase`; nothing is lost then */
  'case.unlock': { input: z.object({ passphrase }), output: CaseStoreState },
  'case.lock': { input: nothing, output: CaseStoreState },
  /**
   * Encrypts the store (`current` null), changes its passphrase, or ends the encryption (`next` null). Without its passphrase nobody
   * can read an encrypted store again. @throws `wrong-passphrase`, `conflict`
   */
  'case.set-passphrase': {
    input: z.object({ current: passphrase.nullable(), next: NewPassphrase.nullable() }),
    output: CaseStoreState,
  },
  'case.set-privacy': { input: CasePrivacyChange, output: CaseStoreState },

  /** The newest lines first. */
  'case.audit': {
    input: z.object({ offset: count.default(0), limit: z.number().int().positive().max(1000).default(200) }),
    output: AuditPage,
  },
  /**
   * Whether the list is as it was written. One who can write the file can also rewrite the whole list; with an anchor noted
   * elsewhere that is found.
   */
  'case.verify-audit': { input: z.object({ anchor: AuditAnchor.optional() }), output: AuditCheck },
  'case.export-audit': {
    input: CaseExportRequest.pick({ format: true, path: true }),
    output: CaseFile,
  },
};

export const caseEvents = {
  /** The list of cases, or one of them, is not what it was. */
  'case.changed': nothing,
  /** Locked or unlocked, encrypted or not, other settings. */
  'case.state-changed': CaseStoreState,
};
