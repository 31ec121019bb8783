/** What a column of a table shows and how its rows are put in order. Pure. */
import type { Snippet } from 'svelte';

export type SortValue = string | number | null;

export interface TableColumn<Row> {
  /** Unique in its table; what `sort` and remembered columns name. */
  readonly key: string;
  readonly header: string;
  /** Once, in the header: "s", "px", "MB". */
  readonly unit?: string;
  /** `right` for numbers. */
  readonly align?: 'left' | 'right';
  /** Least width in pixels; 96 where not given. */
  readonly width?: number;
  /** Share of the room that is left; 1 where not given, 0 keeps the least width. */
  readonly grow?: number;
  /** What the rows are sorted by; a column without it cannot be sorted. */
  readonly value?: (row: Row) => SortValue;
  /** The cell as text; `render` goes before it. */
  readonly text?: (row: Row) => string;
  /** The cell; give `tabindex` to what can be focused in it, so that the Tab key visits the current row alone. */
  readonly render?: Snippet<[row: Row, tabindex: 0 | -1]>;
}

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** @returns the rows in order; equal ones stay in theirs, and those without a value come last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const value = columns.find(({ key }) => key === sort?.key)?.value;
  if (!sort || !value) return rows;
  const sign = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: value(row) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null);
      return sign * compare(a.by, b.by);
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
