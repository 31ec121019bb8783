import { expect, test } from 'vitest';
import { matrixCells, matrixRows } from '../../src-renderer/lib/matrix-cells.ts';
import golden from '../golden/numerics/confusion.json' with { type: 'json' };
import { expectClose } from '../numerics/close.ts';

const { matrix, byRow } = golden['seven classes'];

test("shares of the row are scikit-learn's, and add up to one", () => {
  const shares = matrixCells(matrix, 'rows').map((row) => row.map(({ share }) => share!));
  expectClose(shares, byRow);
});

test('counts, rows and columns put another number first', () => {
  const counts = [
    [8, 2],
    [24, 1],
  ];
  const cell = (reading: 'counts' | 'rows' | 'columns') => {
    const { large, small } = matrixCells(counts, reading)[0]![0]!;
    return [large, small];
  };
  expect(cell('counts')).toEqual(['8', '0.800']);
  expect(cell('rows')).toEqual(['0.800', '8']);
  expect(cell('columns')).toEqual(['0.250', '8']);
});

test('a class without images has no share of its row, one never predicted none of its column', () => {
  const counts = [
    [0, 0],
    [5, 0],
  ];
  expect(matrixCells(counts, 'rows')[0]!.map(({ large }) => large)).toEqual(['–', '–']);
  expect(matrixCells(counts, 'columns')[1]!.map(({ share }) => share)).toEqual([1, null]);
});

test('the table is saved as it is read', () => {
  const counts = [
    [3, 1],
    [0, 4],
  ];
  expect(matrixRows(['mel', 'nv'], counts, 'counts')[0]).toEqual({ 'true class': 'mel', mel: 3, nv: 1 });
  expect(matrixRows(['mel', 'nv'], counts, 'rows')[0]).toEqual({ 'true class': 'mel', mel: 0.75, nv: 0.25 });
});
