/** Order of a table's rows: what a person reads down a sorted column. */
import { expect, test } from 'vitest';
import { sortRows, type TableColumn } from '../../src-renderer/components/ui/table-column.ts';

interface Row {
  readonly name: string;
  readonly score: number | null;
}
const rows: readonly Row[] = [
  { name: 'run 10', score: 0.5 },
  { name: 'Run 9', score: null },
  { name: 'run 2', score: 0.81 },
  { name: 'baseline', score: 0.5 },
];
const columns: readonly TableColumn<Row>[] = [
  { key: 'name', header: 'Name', value: ({ name }) => name },
  { key: 'score', header: 'Score', value: ({ score }) => score },
  { key: 'note', header: 'Note' },
];
const names = (key: string, descending: boolean) =>
  sortRows(rows, columns, { key, descending }).map(({ name }) => name);

test('puts numbers inside names in their order, whatever the case of the letters', () => {
  expect(names('name', false)).toEqual(['baseline', 'run 2', 'Run 9', 'run 10']);
  expect(names('name', true)).toEqual(['run 10', 'Run 9', 'run 2', 'baseline']);
});

test('keeps rows without a figure at the end either way, and equal ones as they came', () => {
  expect(names('score', false)).toEqual(['run 10', 'baseline', 'run 2', 'Run 9']);
  expect(names('score', true)).toEqual(['run 2', 'run 10', 'baseline', 'Run 9']);
});

test('leaves the rows as they come where nothing can be sorted by', () => {
  expect(names('note', false)).toEqual(rows.map(({ name }) => name));
  expect(sortRows(rows, columns, null)).toBe(rows);
});
