/**
 * The kept cases as they are listed: those that the filter lets through, fetched anew when something changes. Nothing of it outlives
 * the screen, and nothing is left of it in the address: what is searched for may be a patient's.
 */
import { type CaseFilter, type CaseSummary, LARGEST_CASE_PAGE } from '../../src-main/contract/schema/case.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

/** Changes that come in a burst are fetched once. */
const REFRESH_MS = 100;
const NO_FILTER: CaseFilter = { search: '' };

export class CaseList {
  /** Null until the first answer. */
  #rows = $state.raw<readonly CaseSummary[] | null>(null);
  #filter = $state.raw<CaseFilter>(NO_FILTER);
  #failure = $state.raw<Explanation | null>(null);
  /** Answers to an older question are dropped. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #api: Api;
  readonly #stop: () => void;

  constructor(api: Api) {
    this.#api = api;
    this.#stop = api.on('case.changed', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), REFRESH_MS);
    });
  }

  get rows(): readonly CaseSummary[] | null {
    return this.#rows;
  }

  get filter(): CaseFilter {
    return this.#filter;
  }

  get isNarrowed(): boolean {
    return JSON.stringify(this.#filter) !== JSON.stringify(NO_FILTER);
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  narrow(changes: Partial<CaseFilter>): Promise<void> {
    const next = Object.entries({ ...this.#filter, ...changes }).filter(([, value]) => value !== undefined);
    this.#filter = Object.fromEntries(next) as CaseFilter;
    return this.load();
  }

  showAll(): Promise<void> {
    this.#filter = NO_FILTER;
    return this.load();
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const rows: CaseSummary[] = [];
      for (let total = 1; rows.length < total; ) {
        const query = { filter: this.#filter, offset: rows.length, limit: LARGEST_CASE_PAGE };
        const page = await this.#api.call('case.list', query);
        if (asked !== this.#asked) return;
        rows.push(...page.cases);
        total = page.cases.length === 0 ? 0 : page.total;
      }
      this.#rows = rows;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'The cases are as they were.');
    }
  }

  /** Lets go of all that was fetched. */
  forget(): void {
    this.#asked++;
    this.#rows = null;
    this.#filter = NO_FILTER;
    this.#failure = null;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}
