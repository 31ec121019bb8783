import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csv } from '../../src-main/hosts/cli/printers/csv.ts';

test('a reader of CSV gets back whole what was written', () => {
  const rows = [
    ['kind', 'image_ids', 'message'],
    ['near-duplicate', 'a b', 'a and b, "alike"'],
    ['empty-class', '', 'two\nlines'],
  ];
  expect(parse(csv(rows))).toEqual(rows);
});
