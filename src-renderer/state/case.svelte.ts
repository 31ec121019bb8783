/**
 * One case as it is shown: what is kept of it, and what a person has typed and not saved. What another window makes of the case is shown
 * here, too; looking whether there is something adds no line to the audit list.
 */
import type { CaseRecord } from '../../src-main/contract/schema/case.ts';
import type { ClassInfo } from '../../src-main/contract/schema/dataset.ts';
import {
  type CaseDraft,
  changesOf,
  type DraftProblems,
  detailsOf,
  draftOf,
  overNow,
  problemsOf,
  type TypedDetails,
} from '../lib/cases/draft.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

/** Changes that come in a burst are looked at once. */
const REFRESH_MS = 100;

export class OpenedCase {
  readonly id: string;
  #record = $state.raw<CaseRecord | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #isSaving = $state(false);
  /** Fields write into it. */
  draft = $state<CaseDraft | null>(null);
  #clashing = $state.raw<readonly string[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  readonly #api: Api;
  readonly #stop: () => void;

  constructor(api: Api, id: string) {
    this.#api = api;
    this.id = id;
    this.#stop = api.on('case.changed', () => this.#lookSoon());
  }

  get record(): CaseRecord | null {
    return this.#record;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** Fields that were typed here and saved elsewhere meanwhile: saving them replaces what is kept. */
  get clashing(): readonly string[] {
    return this.#clashing;
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  get problems(): DraftProblems {
    return this.draft ? problemsOf(this.draft) : {};
  }

  get hasProblems(): boolean {
    return Object.keys(this.problems).length > 0;
  }

  /** What was typed differs from what is kept. */
  get isChanged(): boolean {
    if (!this.draft || !this.#record) return false;
    return this.hasProblems || Object.keys(changesOf(this.draft, this.#record)).length > 0;
  }

  /** Of all models that answered here, each once. */
  get classes(): readonly ClassInfo[] {
    const all = this.#record?.images.flatMap(({ answer }) => answer.classes) ?? [];
    return [...new Map(all.map((info) => [info.code, info])).values()];
  }

  async load(): Promise<void> {
    try {
      this.take(await this.#api.call('case.get', { id: this.id }));
      this.revert();
    } catch (thrown) {
      this.#failure = explain(thrown, 'The other cases are as they were.');
    }
  }

  /** Shows what an act, or another window, has made of it; what was typed stays. @param before what the typing began from */
  take(record: CaseRecord, before: TypedDetails | null = this.#record): void {
    if (this.draft && before) {
      const { draft, clashing } = overNow(this.draft, before, record);
      this.draft = draft;
      this.#clashing = [...new Set([...this.#clashing, ...clashing])];
    }
    this.#record = record;
    this.#failure = null;
  }

  revert(): void {
    this.draft = this.#record && draftOf(this.#record);
    this.#clashing = [];
    this.#failure = null;
  }

  /** @returns whether all of it is kept now */
  async save(): Promise<boolean> {
    if (!this.draft || !this.#record || this.hasProblems || this.#isSaving) return false;
    this.#isSaving = true;
    try {
      const sent = JSON.stringify(this.draft);
      const changes = changesOf(this.draft, this.#record);
      const before = detailsOf(this.draft);
      this.take(await this.#api.call('case.update', { id: this.id, changes }), before);
      this.#clashing = [];
      // what was typed meanwhile stays
      if (JSON.stringify(this.draft) === sent) this.revert();
      return !this.isChanged;
    } catch (thrown) {
      this.#failure = explain(thrown, 'What you typed is still here and is not kept yet.');
      return false;
    } finally {
      this.#isSaving = false;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stop();
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), REFRESH_MS);
  }

  /** Whether another window has changed or deleted it. */
  async #look(): Promise<void> {
    if (this.#isSaving) this.#lookSoon();
    if (!this.#record || this.#isSaving) return;
    try {
      const { cases } = await this.#api.call('case.list', { filter: { search: this.id } });
      const listed = cases.find(({ id }) => id === this.id);
      if (this.#isClosed) return;
      if (!listed) this.#letGo();
      else if (listed.updatedAt !== this.#record.updatedAt)
        this.take(await this.#api.call('case.get', { id: this.id }));
    } catch (thrown) {
      this.#failure = explain(thrown, 'What is shown may not be what is kept.');
    }
  }

  #letGo(): void {
    this.#record = null;
    this.draft = null;
    this.#failure = {
      what: `Case ${this.id} was deleted.`,
      kept: 'Nothing of it is left here; the other cases are as they were.',
      next: 'Go on with another case.',
    };
  }
}
