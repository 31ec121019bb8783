/**
 * The kept cases: everything that is done with them, each act with its line in the audit list. Runs in the host.
 *
 * An act is one transaction with that line. What it removes or replaces is erased at once: its key is gone from a table that is written
 * anew, and the database's log is emptied. Lists are answered from an index in memory that exists only while the store is open.
 */
import { AppError } from '../../contract/errors.ts';
import type {
  AgreementInput,
  CaseChange,
  CaseDetails,
  CaseFilter,
  CasePage,
  CaseQuery,
  CaseRecord,
  CaseSort,
} from '../../contract/schema/case.ts';
import type { Audited, CasePrivacyChange, CaseStoreState } from '../../contract/schema/case-privacy.ts';
import type { Db } from '../open.ts';
import { type AuditedAct, appendAudit } from './audit.ts';
import { drawCaseCode } from './case-code.ts';
import {
  byDay,
  type IndexedCase,
  type NewPicture,
  type StoredCase,
  type StoredImage,
  toRecord,
  toSummary,
} from './case-documents.ts';
import { CaseIndex } from './case-index.ts';
import { agreementOf, selectCases } from './case-query.ts';
import {
  caseNumber,
  deleteCase,
  deletePicture,
  insertCase,
  insertPicture,
  readDocument,
  readPicture,
  writeDocument,
} from './case-rows.ts';
import { emptyLog } from './open.ts';
import type { ScryptCost } from './passphrase.ts';
import { readPrivacy, writePrivacy } from './privacy.ts';
import { rewriteKeys } from './record-keys.ts';
import { Vault } from './vault.ts';

export interface CaseStoreOptions {
  readonly now: () => Date;
  /** Named in the audit list unless a name is set. */
  readonly systemUser: string;
  readonly scryptCost?: ScryptCost | undefined;
}

export class CaseStore {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #options: CaseStoreOptions;
  readonly #index: CaseIndex;
  #isErasurePending = false;

  /** @param db of `openCaseDatabase` */
  constructor(db: Db, options: CaseStoreOptions) {
    this.#db = db;
    this.#options = options;
    this.#vault = new Vault(db, options.scryptCost);
    this.#index = new CaseIndex(db);
  }

  get db(): Db {
    return this.#db;
  }

  /** Unlocked, and not because there is nothing to unlock. */
  get isOpenByPassphrase(): boolean {
    return this.#vault.isEncrypted && !this.#vault.isLocked;
  }

  get lockAfterMs(): number {
    return readPrivacy(this.#db).lockAfterMinutes * 60_000;
  }

  /** @throws AppError `cases-locked` */
  requireOpen(): void {
    this.#vault.dataKey();
  }

  state(): CaseStoreState {
    const { isLocked } = this.#vault;
    if (this.#isErasurePending) this.#erase();
    return {
      cases: this.#db.prepare<[], number>('SELECT count(*) FROM cases').pluck().get() ?? 0,
      isEncrypted: this.#vault.isEncrypted,
      isLocked,
      privacy: readPrivacy(this.#db),
      user: this.#user(),
      isErasurePending: this.#isErasurePending,
      damaged: isLocked ? [] : this.#index.read(this.#vault.dataKey()).damaged,
    };
  }

  keep(details: CaseDetails, picture: NewPicture): CaseRecord {
    const dataKey = this.#vault.dataKey();
    const code = drawCaseCode(this.#db);
    const at = this.#now();
    return this.#act('kept', [code], () => {
      const id = insertCase(this.#db, code);
      const images = [this.#insertPicture(id, picture, at)];
      const stored = { createdAt: at, updatedAt: at, details, images };
      this.#index.put(writeDocument(this.#db, dataKey, { id, code, stored }));
      return toRecord(code, stored);
    });
  }

  addImage(code: string, picture: NewPicture): CaseRecord {
    return this.#change('image-added', code, (stored, id, at) => ({
      ...stored,
      images: byDay([...stored.images, this.#insertPicture(id, picture, at)]),
    }));
  }

  /** @throws AppError `not-found`, `conflict` for the only picture */
  deleteImage(code: string, imageId: number): CaseRecord {
    return this.#change('image-deleted', code, (stored) => {
      const images = stored.images.filter((image) => image.imageId !== imageId);
      if (images.length === stored.images.length) {
        throw new AppError('not-found', `Case ${code} has no picture ${imageId} any more.`);
      }
      if (images.length === 0) {
        throw new AppError('conflict', `This is the only picture of case ${code}. Delete the case instead.`);
      }
      deletePicture(this.#db, imageId);
      return { ...stored, images };
    });
  }

  update(code: string, changes: CaseChange): CaseRecord {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    return this.#change('changed', code, (stored) => ({
      ...stored,
      details: { ...stored.details, ...Object.fromEntries(given) },
    }));
  }

  /** @returns false in `isErased` while another program keeps the log */
  delete(codes: readonly string[]): { deleted: number; isErased: boolean } {
    this.#vault.dataKey();
    const unique = [...new Set(codes)];
    this.#act('deleted', unique, () => {
      for (const code of unique) deleteCase(this.#db, caseNumber(this.#db, code));
      rewriteKeys(this.#db);
    });
    this.#index.remove(unique);
    return { deleted: unique.length, isErased: this.#erase() };
  }

  get(code: string): CaseRecord {
    return this.#act('opened', [code], () => toRecord(code, this.#read(code)));
  }

  /** For a file that leaves the store. */
  *export(codes: readonly string[], withPatientFields: boolean): Generator<CaseRecord> {
    const what = withPatientFields ? 'exported-with-patient-fields' : 'exported';
    this.#vault.dataKey();
    this.#act(what, codes, () => {
      for (const code of codes) caseNumber(this.#db, code);
    });
    for (const code of codes) yield toRecord(code, this.#read(code));
  }

  /** @throws AppError `not-found`, `corrupt`, `cases-locked` */
  picture(code: string, imageId: number): Buffer {
    return readPicture(this.#db, this.#vault.dataKey(), code, imageId);
  }

  list({ filter, sort, offset, limit }: CaseQuery): CasePage {
    const chosen = selectCases(this.#all(), filter, sort);
    return { total: chosen.length, offset, cases: chosen.slice(offset, offset + limit).map(toSummary) };
  }

  ids(filter: CaseFilter, sort: CaseSort): string[] {
    return selectCases(this.#all(), filter, sort).map(({ id }) => id);
  }

  agreement(filter: CaseFilter): AgreementInput {
    return agreementOf(selectCases(this.#all(), filter, { by: 'createdAt', descending: false }));
  }

  /** Tells the audit list of something that happens outside this store. */
  audit(what: Audited, caseId: string | null = null): void {
    this.#act(what, [caseId], () => undefined);
  }

  async unlock(passphrase: string): Promise<void> {
    try {
      await this.#vault.unlock(passphrase);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'wrong-passphrase') this.audit('failed-unlock');
      throw thrown;
    }
    this.audit('unlocked');
  }

  /** Nothing happens where it is locked already, or not encrypted. */
  lock(): void {
    const wasOpen = this.isOpenByPassphrase;
    this.#vault.lock();
    this.#index.clear();
    if (wasOpen) this.audit('locked');
  }

  async setPassphrase(current: string | null, next: string | null): Promise<void> {
    const what =
      next === null ? 'passphrase-removed' : current === null ? 'passphrase-set' : 'passphrase-changed';
    try {
      await this.#vault.setPassphrase(current, next, () => appendAudit(this.#db, this.#acts(what, [null])));
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'wrong-passphrase') this.audit('failed-unlock');
      throw thrown;
    }
    this.#erase();
  }

  setPrivacy(changes: CasePrivacyChange): void {
    this.#vault.dataKey();
    this.#act('privacy-changed', [null], () => writePrivacy(this.#db, changes));
  }

  /** Forgets the key and closes the database. */
  close(): void {
    this.#vault.lock();
    this.#index.clear();
    emptyLog(this.#db);
    this.#db.close();
  }

  #change(
    what: Audited,
    code: string,
    change: (stored: StoredCase, id: number, at: string) => StoredCase,
  ): CaseRecord {
    const at = this.#now();
    const record = this.#act(what, [code], () => {
      const id = caseNumber(this.#db, code);
      const stored = { ...change(this.#read(code), id, at), updatedAt: at };
      this.#index.put(writeDocument(this.#db, this.#vault.dataKey(), { id, code, stored }));
      rewriteKeys(this.#db);
      return toRecord(code, stored);
    });
    this.#erase();
    return record;
  }

  /** One transaction, with a line for each case. What failed has left nothing behind. */
  #act<T>(what: Audited, caseIds: readonly (string | null)[], body: () => T): T {
    try {
      return this.#db
        .transaction(() => {
          const acts = this.#acts(what, caseIds);
          const result = body();
          appendAudit(this.#db, acts);
          return result;
        })
        .immediate();
    } catch (thrown) {
      this.#index.clear();
      throw thrown;
    }
  }

  #acts(what: Audited, caseIds: readonly (string | null)[]): AuditedAct[] {
    const at = this.#now();
    const who = this.#user();
    return caseIds.map((caseId) => ({ at, who, what, caseId }));
  }

  #insertPicture(caseId: number, { content, ...picture }: NewPicture, addedAt: string): StoredImage {
    const imageId = insertPicture(this.#db, this.#vault.dataKey(), caseId, content);
    return { ...picture, imageId, addedAt, bytes: content.length };
  }

  #read(code: string): StoredCase {
    const dataKey = this.#vault.dataKey();
    return readDocument(this.#db, dataKey, caseNumber(this.#db, code), code);
  }

  #all(): IndexedCase[] {
    return this.#index.read(this.#vault.dataKey()).cases;
  }

  #erase(): boolean {
    this.#isErasurePending = !emptyLog(this.#db);
    return !this.#isErasurePending;
  }

  #now(): string {
    return this.#options.now().toISOString();
  }

  #user(): string {
    return readPrivacy(this.#db).userName ?? this.#options.systemUser;
  }
}
