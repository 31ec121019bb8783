/**
 * The kept cases for windows and the command line: the store, its lock, and one handler for each procedure of case-api.ts. Runs in the
 * host. The store is opened when it is first asked for, so that a damaged one stops nothing else.
 */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { ApiContract } from '../contract/api.ts';
import type { caseProcedures } from '../contract/case-api.ts';
import { AppError } from '../contract/errors.ts';
import { NO_DETAILS } from '../contract/schema/case.ts';
import type { Audited, CaseStoreState } from '../contract/schema/case-privacy.ts';
import type { ClinicalAnswer } from '../contract/schema/clinical-answer.ts';
import type { Call, Handlers } from '../rpc/server.ts';
import { listAudit, verifyAudit } from '../store/cases/audit.ts';
import { type NewPicture, parseCaseAsset } from '../store/cases/case-documents.ts';
import { CaseStore } from '../store/cases/case-store.ts';
import { openCaseDatabase } from '../store/cases/open.ts';
import type { ScryptCost } from '../store/cases/passphrase.ts';
import type { Assets } from './assets.ts';
import { exportAudit, exportCases } from './case-export.ts';
import { withoutContent } from './case-failure.ts';
import { type ReportServices, reportOfCase, reportOfPicture, reportPdf } from './case-report.ts';
import { type AppContext, runJob } from './context.ts';
import { type Clock, IdleLock, systemClock } from './idle-lock.ts';
import { createPrivatePictures, type PrivatePictures } from './private-pictures.ts';

export interface CaseOptions {
  readonly clock?: Clock | undefined;
  readonly scryptCost?: ScryptCost | undefined;
}

export interface Cases {
  readonly pictures: PrivatePictures;
  readonly clock: Clock;
  /** Opened at need. @throws AppError `newer-version`, `corrupt`, `locked`, `read-only` */
  store(): CaseStore;
  /** Somebody uses the cases: locks if the time is over, else the time begins anew. */
  use(): void;
  /** Locks if the time is over, and no more. */
  check(): void;
  lock(): void;
  /** Tells the audit list of an act without a case: `classified`. */
  audit(what: Audited): void;
  tellState(): CaseStoreState;
  close(): void;
}

export function createCases(context: AppContext, options: CaseOptions = {}): Cases {
  const clock = options.clock ?? systemClock;
  let opened: CaseStore | null = null;
  const store = () => {
    opened ??= new CaseStore(openCaseDatabase(context.folder.cases), {
      now: () => clock.now(),
      systemUser: systemUser(),
      scryptCost: options.scryptCost,
    });
    return opened;
  };
  const pictures = createPrivatePictures((id) => {
    const kept = parseCaseAsset(id);
    if (!kept) return null;
    idle.use();
    return store().picture(kept.code, kept.imageId);
  });
  const tellState = () => {
    const state = store().state();
    context.emit('case.state-changed', state);
    return state;
  };
  const lock = () => {
    if (!opened?.isOpenByPassphrase) return;
    opened.lock();
    pictures.clear();
    tellState();
  };
  const idle = new IdleLock(clock, () => store().lockAfterMs, lock);

  return {
    pictures,
    clock,
    store,
    lock,
    tellState,
    use: () => idle.use(),
    check: () => idle.check(),
    audit: (what) => store().audit(what),
    close() {
      idle.close();
      opened?.close();
      pictures.clear();
    },
  };
}

/** Empties what a process that was killed has left in the store's log, before anything else happens. A store that does not open says so when it is asked for. */
export function tidyCases(cases: Cases, context: AppContext): void {
  if (!existsSync(context.folder.cases)) return;
  try {
    cases.store();
  } catch (thrown) {
    const { name, code } = thrown instanceof AppError ? thrown : { name: 'Error', code: 'internal' };
    context.log.warn({ failure: name, code }, 'the case store does not open');
  }
}

type CaseHandlers = Pick<Handlers<ApiContract>, keyof typeof caseProcedures>;

/** What a person who is not there would not ask, or may ask of a locked store. */
const NO_USE: ReadonlySet<string> = new Set(['case.state', 'case.audit', 'case.verify-audit']);

export interface CaseServices {
  readonly cases: Cases;
  readonly assets: Assets;
  readonly reports: ReportServices;
}

export function caseHandlers(context: AppContext, services: CaseServices): CaseHandlers {
  const { cases } = services;
  const handlers = { ...unguardedHandlers(context, services), ...reportHandlers(context, services) };
  const guarded = Object.entries(handlers).map(([name, handler]) => [
    name,
    async (input: never, call: Call) => {
      try {
        if (NO_USE.has(name)) cases.check();
        else cases.use();
        return await handler(input, call);
      } catch (thrown) {
        throw withoutContent(thrown, context.folder.cases);
      }
    },
  ]);
  return Object.fromEntries(guarded) as CaseHandlers;
}

type ReportHandlers = Pick<CaseHandlers, 'case.report' | 'classify.report' | 'report.pdf'>;

function reportHandlers(context: AppContext, { cases, assets, reports }: CaseServices): ReportHandlers {
  const { clock, pictures, store } = cases;
  const maker = { services: reports, pictures, now: () => clock.now() };
  return {
    'case.report': async ({ id, imageId, ...wishes }) => {
      const [record] = [...store().export([id], wishes.withPatientFields)];
      const content = store().picture(id, imageId);
      return reportOfCase(maker, { record: record!, imageId, content }, wishes);
    },
    'classify.report': async (request, { signal }) => {
      const today = dayOf(clock.now());
      const { answer, ...picture } = await cleanPicture(context, { assets, today }, request, signal);
      cases.audit('exported');
      return reportOfPicture(maker, picture, answer);
    },
    'report.pdf': (request) => reportPdf(maker, request),
  };
}

function unguardedHandlers(
  context: AppContext,
  { cases, assets }: CaseServices,
): Omit<CaseHandlers, keyof ReportHandlers> {
  const { store, tellState } = cases;
  const place = () => ({ today: dayOf(cases.clock.now()), dataFolder: context.folder.root });
  const changed = <T>(result: T): T => {
    context.emit('case.changed', {});
    return result;
  };
  const clean = (request: AnsweredPicture, { signal }: Call) =>
    cleanPicture(context, { assets, today: place().today }, request, signal);
  return {
    'case.state': () => store().state(),
    'case.stay': () => null,
    'case.keep': async ({ details, ...request }, call) => {
      store().requireOpen();
      const picture = await clean(request, call);
      const kept = changed(store().keep({ ...NO_DETAILS, ...given(details) }, picture));
      assets.privately.forget(request.picture);
      return kept;
    },
    'case.add-image': async ({ id, ...request }, call) => {
      store().requireOpen();
      const picture = await clean(request, call);
      const record = changed(store().addImage(id, picture));
      assets.privately.forget(request.picture);
      return record;
    },
    'case.delete-image': ({ id, imageId }) => {
      cases.pictures.forgetPages();
      return changed(store().deleteImage(id, imageId));
    },
    'case.list': (query) => store().list(query),
    'case.ids': ({ filter, sort }) => store().ids(filter, sort),
    'case.get': ({ id }) => store().get(id),
    'case.update': ({ id, changes }) => changed(store().update(id, changes)),
    'case.delete': ({ ids }) => {
      cases.pictures.forgetPages();
      return changed(store().delete(ids));
    },
    'case.export': (request, { signal }) => exportCases(store(), request, place(), signal),
    'case.agreement': ({ filter }) => store().agreement(filter),
    'case.unlock': async ({ passphrase }) => {
      await store().unlock(passphrase);
      cases.use();
      return tellState();
    },
    'case.lock': () => {
      if (!store().state().isEncrypted) {
        throw new AppError(
          'conflict',
          'The cases are not encrypted, so they cannot be locked. Set a passphrase first.',
        );
      }
      cases.lock();
      return store().state();
    },
    'case.set-passphrase': async ({ current, next }) => {
      await store().setPassphrase(current, next);
      return tellState();
    },
    'case.set-privacy': (changes) => {
      store().setPrivacy(changes);
      cases.use();
      return tellState();
    },
    'case.audit': (page) => listAudit(store().db, page),
    'case.verify-audit': ({ anchor }) => verifyAudit(store().db, anchor),
    'case.export-audit': (request) => {
      store().requireOpen();
      return exportAudit(store(), request, place());
    },
  };
}

interface AnsweredPicture {
  readonly picture: string;
  readonly answer: ClinicalAnswer;
  readonly takenOn?: string | undefined;
}

/** Has a worker take everything but the picture out of a file; it is in no file in between. @throws AppError `bad-image`, `bad-input` */
async function cleanPicture(
  context: AppContext,
  { assets, today }: { assets: Assets; today: string },
  { picture, answer, takenOn = today }: AnsweredPicture,
  signal: AbortSignal,
): Promise<NewPicture> {
  if (takenOn > today) {
    throw new AppError(
      'bad-input',
      `The day of the picture, ${takenOn}, is yet to come (today is ${today}). Correct it.`,
    );
  }
  const { privately } = assets;
  const source = privately.owns(picture)
    ? { base64: privately.read(picture).toString('base64') }
    : { path: picture };
  const clean = runJob(context, (worker) => worker.call('picture.clean', source, { signal }), signal);
  const { base64, ...cleaned } = await clean;
  return { ...cleaned, takenOn, answer, content: Buffer.from(base64, 'base64') };
}

/** Without the keys that were left out. */
function given<T extends object>(details: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(details).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** The day where the person is. */
function dayOf(time: Date): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a container's user without a name
  }
}
