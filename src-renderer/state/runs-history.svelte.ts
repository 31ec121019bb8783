/**
 * The history as it is shown: how many runs the filter lets through, and those of the pages that have been in sight. A page is
 * fetched when its first row comes near; what happens to runs meanwhile is fetched again.
 */
import {
  LARGEST_PAGE,
  type RunFacets,
  type RunFilter,
  type RunSort,
} from '../../src-main/contract/schema/history.ts';
import type { RunSummary } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

export interface HistoryRow {
  /** The run's number; a negative one while the run has not been fetched. */
  readonly key: number;
  readonly run: RunSummary | null;
}

const PAGE = 100;
/** Changes that come in a burst (a queue that is cancelled, runs that are deleted) are fetched once. */
const REFRESH_MS = 150;

export class RunsHistory {
  /** Null until the first answer. */
  #rows = $state.raw<readonly HistoryRow[] | null>(null);
  #facets = $state.raw<RunFacets | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #filter: RunFilter = { search: '' };
  #sort: RunSort = { by: 'createdAt', descending: true };
  /** Rows in sight. */
  #sight = { first: 0, last: 0 };
  /** Answers to an older question are dropped. */
  #asked = 0;
  readonly #pending = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #api: Api;
  readonly #stop: (() => void)[];

  constructor(api: Api) {
    this.#api = api;
    const refreshSoon = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.refresh(), REFRESH_MS);
    };
    this.#stop = [
      api.on('run.changed', refreshSoon),
      api.on('run.epoch', refreshSoon),
      api.on('run.deleted', refreshSoon),
      api.on('dataset.changed', refreshSoon),
    ];
  }

  get rows(): readonly HistoryRow[] | null {
    return this.#rows;
  }

  get total(): number {
    return this.#rows?.length ?? 0;
  }

  get facets(): RunFacets | null {
    return this.#facets;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stop) stop();
  }

  /** Asks for other runs, or for the same in another order. */
  async show(filter: RunFilter, sort: RunSort): Promise<void> {
    this.#filter = filter;
    this.#sort = sort;
    this.#sight = { first: 0, last: 0 };
    await this.refresh();
  }

  /** Tells which rows are in sight, so that they are fetched. */
  see(first: number, last: number): void {
    this.#sight = { first, last };
    const rows = this.#rows;
    if (!rows) return;
    for (const offset of pagesOf(first, last)) {
      const isMissing = rows.slice(offset, offset + PAGE).some(({ run }) => run === null);
      if (isMissing && !this.#pending.has(offset)) void this.#fetchPage(offset);
    }
  }

  /** Numbers of all runs that the filter lets through, in their order. */
  ids(): Promise<number[]> {
    return this.#api.call('run.ids', { filter: this.#filter, sort: this.#sort });
  }

  /** Fetches what is in sight anew, and what there is to narrow by. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    this.#pending.clear();
    const pages = pagesOf(this.#sight.first, this.#sight.last);
    const offset = pages[0] ?? 0;
    const limit = Math.min(LARGEST_PAGE, Math.max(1, pages.length) * PAGE);
    try {
      const [page, facets] = await Promise.all([
        this.#api.call('run.page', { filter: this.#filter, sort: this.#sort, offset, limit }),
        this.#api.call('run.facets', {}),
      ]);
      if (asked !== this.#asked) return;
      const unknown = Array.from({ length: page.total }, (_, index) => placeholder(index));
      this.#rows = withRuns(unknown, offset, page.runs);
      this.#facets = facets;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'The runs are as they were.');
    }
  }

  async #fetchPage(offset: number): Promise<void> {
    const asked = this.#asked;
    this.#pending.add(offset);
    try {
      const query = { filter: this.#filter, sort: this.#sort, offset, limit: PAGE };
      const page = await this.#api.call('run.page', query);
      if (asked !== this.#asked || !this.#rows) return;
      this.#rows = withRuns(this.#rows, offset, page.runs);
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'The runs are as they were.');
    } finally {
      if (asked === this.#asked) this.#pending.delete(offset);
    }
  }
}

const placeholder = (index: number): HistoryRow => ({ key: -index - 1, run: null });

function withRuns(rows: readonly HistoryRow[], offset: number, runs: readonly RunSummary[]): HistoryRow[] {
  const next = [...rows];
  runs.forEach((run, index) => {
    if (offset + index < next.length) next[offset + index] = { key: run.id, run };
  });
  return next;
}

function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(first / PAGE);
  const to = Math.floor(Math.max(first, last) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) * PAGE);
}
