import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { asText, csv } from '../../src-main/app/csv.ts';

test('a reader of CSV gets back whole what was written', () => {
  const rows = [
    ['kind', 'image_ids', 'message'],
    ['near-duplicate', 'a b', 'a and b, "alike"'],
    ['empty-class', '', 'two\nlines'],
  ];
  expect(parse(csv(rows))).toEqual(rows);
});

test('words that a spreadsheet would take for a formula are marked as text', () => {
  expect(['=1+1', '+49', '-3', '@SUM(A1)', '\t=1', 'plain, -3', ''].map(asText)).toEqual([
    "'=1+1",
    "'+49",
    "'-3",
    "'@SUM(A1)",
    "'\t=1",
    'plain, -3',
    '',
  ]);
});
