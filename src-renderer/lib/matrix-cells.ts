/** What the cells of a confusion matrix show, by the way in which they are read. Pure. */
import { normaliseColumns, normaliseRows } from '../../src-main/numerics/confusion.ts';
import { formatCount, formatFraction } from './format.ts';

export const MATRIX_READINGS = { counts: 'Counts', rows: 'By row', columns: 'By column' } as const;
export type MatrixReading = keyof typeof MATRIX_READINGS;

export interface MatrixCell {
  readonly count: number;
  /** Of the row, or of the column where columns are read; null where there is nothing to share. */
  readonly share: number | null;
  /** Read first, and below it. */
  readonly large: string;
  readonly small: string;
}

/** @param counts [true class][predicted class] */
export function matrixCells(counts: readonly (readonly number[])[], reading: MatrixReading): MatrixCell[][] {
  const shares = reading === 'columns' ? normaliseColumns(counts) : normaliseRows(counts);
  return counts.map((row, trueClass) =>
    row.map((count, predicted) => {
      const share = shares[trueClass]![predicted]!;
      const texts = [formatCount(count), formatFraction(share)] as const;
      const [large, small] = reading === 'counts' ? texts : [texts[1], texts[0]];
      return { count, share, large, small };
    }),
  );
}

/** Rows of the table as it is read, a column for each predicted class: the CSV. */
export function matrixRows(
  codes: readonly string[],
  counts: readonly (readonly number[])[],
  reading: MatrixReading,
) {
  return matrixCells(counts, reading).map((cells, index) => ({
    'true class': codes[index],
    ...Object.fromEntries(
      cells.map(({ count, share }, column) => [
        codes[column] ?? column,
        reading === 'counts' ? count : share,
      ]),
    ),
  }));
}
