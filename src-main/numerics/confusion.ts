/**
 * The confusion matrix and what follows from it. Pure; runs in every process. Values equal scikit-learn's with
 * `zero_division=nan`: an undefined figure is null, never 0, and a mean leaves it out.
 *
 * Matrices are `[true class][predicted class]` counts. Of a class without samples everything but the specificity is
 * null; of a class never predicted the precision is null.
 */

export type ConfusionMatrix = readonly (readonly number[])[];

export interface ClassCounts {
  /** Samples of the class. */
  readonly support: number;
  /** Of those predicted as this class, the share that is. */
  readonly precision: number | null;
  /** Sensitivity: of this class, the share predicted as such. */
  readonly recall: number | null;
  /** Of the other classes, the share not predicted as this one. */
  readonly specificity: number | null;
  readonly f1: number | null;
}

/** Index of the largest value, the first of several (as NumPy); -1 for an empty list. */
export function argMax(values: ArrayLike<number>): number {
  let best = values.length === 0 ? -1 : 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/**
 * @param trueClasses class index of each sample
 * @param predictedClasses class index predicted for each sample
 * @throws RangeError for lists of different length, or an index outside the class list
 */
export function confusionMatrix(
  trueClasses: ArrayLike<number>,
  predictedClasses: ArrayLike<number>,
  classCount: number,
): number[][] {
  if (trueClasses.length !== predictedClasses.length) {
    throw new RangeError(
      `each sample needs a true and a predicted class; received ${trueClasses.length} and ${predictedClasses.length}`,
    );
  }
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < trueClasses.length; i++) {
    const row = matrix[trueClasses[i]!];
    if (row?.[predictedClasses[i]!] === undefined) {
      throw new RangeError(
        `class indices must be integers in [0, ${classCount}); sample ${i} has true class ${trueClasses[i]}, ` +
          `predicted class ${predictedClasses[i]}`,
      );
    }
    row[predictedClasses[i]!]! += 1;
  }
  return matrix;
}

/** Each row as shares of its sum: recall on the diagonal. A row without samples is all null. */
export function normaliseRows(matrix: ConfusionMatrix): (number | null)[][] {
  return matrix.map((row) => {
    const total = sum(row);
    return row.map((count) => ratio(count, total));
  });
}

/** Each column as shares of its sum: precision on the diagonal. A column never predicted is all null. */
export function normaliseColumns(matrix: ConfusionMatrix): (number | null)[][] {
  const totals = columnSums(matrix);
  return matrix.map((row) => row.map((count, column) => ratio(count, totals[column]!)));
}

/** Share of the samples predicted right; null without samples. */
export function accuracy(matrix: ConfusionMatrix): number | null {
  return ratio(sum(matrix.map((row, c) => row[c]!)), sum(matrix.map(sum)));
}

/** Precision, recall, specificity, F1 and support of each class. */
export function classScores(matrix: ConfusionMatrix): ClassCounts[] {
  const predicted = columnSums(matrix);
  const total = sum(matrix.map(sum));
  return matrix.map((row, c) => {
    const support = sum(row);
    const right = row[c]!;
    const falsePositives = predicted[c]! - right;
    const negatives = total - support;
    return {
      support,
      precision: support === 0 ? null : ratio(right, predicted[c]!),
      recall: ratio(right, support),
      specificity: ratio(negatives - falsePositives, negatives),
      f1: support === 0 ? null : ratio(2 * right, support + predicted[c]!),
    };
  });
}

/**
 * Mean recall over the classes that have samples (scikit-learn's `balanced_accuracy_score`; the ISIC metric);
 * null without samples. `absentClasses` names the classes left out.
 */
export function balancedAccuracy(matrix: ConfusionMatrix): number | null {
  return macroMean(matrix.map((row, c) => ratio(row[c]!, sum(row))));
}

/** Indices of the classes without a sample. */
export function absentClasses(matrix: ConfusionMatrix): number[] {
  return matrix.flatMap((row, c) => (sum(row) === 0 ? [c] : []));
}

/** Mean of the defined values; null when none is. */
export function macroMean(values: readonly (number | null)[]): number | null {
  return weightedMean(
    values,
    values.map(() => 1),
  );
}

/** Mean of the defined values, each with its weight (support, for scikit-learn's `weighted`); null when none is. */
export function weightedMean(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let total = 0;
  let totalWeight = 0;
  values.forEach((value, i) => {
    if (value === null) return;
    total += value * weights[i]!;
    totalWeight += weights[i]!;
  });
  return ratio(total, totalWeight);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function columnSums(matrix: ConfusionMatrix): number[] {
  return matrix.map((_, column) => sum(matrix.map((row) => row[column]!)));
}
