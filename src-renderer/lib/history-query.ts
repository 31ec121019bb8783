/** What the history shows, as its address remembers it: filter, sort and search. Pure. */

import { SPLIT_METHODS } from '../../src-main/contract/schema/config.ts';
import { RUN_SORTS, type RunFilter, type RunSort } from '../../src-main/contract/schema/history.ts';
import { RUN_STATUSES } from '../../src-main/contract/schema/run.ts';

export interface HistoryQuery {
  readonly search: string;
  readonly status: RunFilter['status'];
  readonly model: string | undefined;
  readonly datasetId: number | undefined;
  readonly splitMethod: RunFilter['splitMethod'];
  readonly tag: string | undefined;
  readonly starred: boolean;
  /** Days as a date field writes them, "2025-03-01", both included. */
  readonly fromDay: string | undefined;
  readonly toDay: string | undefined;
  readonly sort: RunSort;
}

export const NEWEST_FIRST: RunSort = { by: 'createdAt', descending: true };

export const EVERYTHING: HistoryQuery = {
  search: '',
  status: undefined,
  model: undefined,
  datasetId: undefined,
  splitMethod: undefined,
  tag: undefined,
  starred: false,
  fromDay: undefined,
  toDay: undefined,
  sort: NEWEST_FIRST,
};

/** What cannot be understood counts as not given: an address may come from anywhere. */
export function readHistoryQuery(query: URLSearchParams): HistoryQuery {
  const word = (name: string) => query.get(name) || undefined;
  const day = (name: string) =>
    /^\d{4}-\d\d-\d\d$/.test(query.get(name) ?? '') ? query.get(name)! : undefined;
  const [by, direction] = (query.get('sort') ?? '').split('.');
  const sortKey = RUN_SORTS.find((key) => key === by);
  const dataset = Number(query.get('dataset'));
  return {
    search: query.get('search') ?? '',
    status: RUN_STATUSES.find((status) => status === query.get('status')),
    model: word('model'),
    datasetId: Number.isSafeInteger(dataset) && dataset > 0 ? dataset : undefined,
    splitMethod: SPLIT_METHODS.find((method) => method === query.get('split')),
    tag: word('tag'),
    starred: query.get('starred') === 'yes',
    fromDay: day('from'),
    toDay: day('to'),
    sort: sortKey ? { by: sortKey, descending: direction !== 'ascending' } : NEWEST_FIRST,
  };
}

/** Changes of the address; null takes a key away. */
export function writeHistoryQuery(query: HistoryQuery): Record<string, string | null> {
  const { by, descending } = query.sort;
  const isUsual = by === NEWEST_FIRST.by && descending === NEWEST_FIRST.descending;
  return {
    search: query.search.trim() || null,
    status: query.status ?? null,
    model: query.model ?? null,
    dataset: query.datasetId === undefined ? null : String(query.datasetId),
    split: query.splitMethod ?? null,
    tag: query.tag ?? null,
    starred: query.starred ? 'yes' : null,
    from: query.fromDay ?? null,
    to: query.toDay ?? null,
    sort: isUsual ? null : `${by}.${descending ? 'descending' : 'ascending'}`,
  };
}

/** The filter that the application is asked with; days are those of this machine's clock. */
export function filterOf(query: HistoryQuery): RunFilter {
  const { search, status, model, datasetId, splitMethod, tag, fromDay, toDay } = query;
  return {
    search,
    status,
    model,
    datasetId,
    splitMethod,
    tag,
    starred: query.starred || undefined,
    createdFrom: fromDay === undefined ? undefined : startOfDay(fromDay, 0),
    createdBefore: toDay === undefined ? undefined : startOfDay(toDay, 1),
  };
}

/** Whether anything is left out. */
export function isNarrowed(query: HistoryQuery): boolean {
  const { sort: _sort, ...changes } = writeHistoryQuery(query);
  return Object.values(changes).some((value) => value !== null);
}

function startOfDay(day: string, later: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date + later).toISOString();
}
