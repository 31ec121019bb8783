/**
 * How much an answer depends on how the picture happens to lie. Pure; runs in every process. A lesion has no upright: turned by
 * quarters and mirrored, the eight versions of a picture show the same, and a model that answers them differently is unsure.
 */
import { argMax } from './confusion.ts';

/** The dihedral group of the square: mirrored first, then turned clockwise. The picture as it is comes first. */
export const DIHEDRAL_VERSIONS = [false, true].flatMap((isMirrored) =>
  [0, 90, 180, 270].map((turnedDegrees) => ({ isMirrored, turnedDegrees })),
);

export interface TestTimeAgreement {
  readonly versions: number;
  /** Of each class, over the versions; the means sum to 1. */
  readonly mean: readonly number[];
  /** Of each class: standard deviation over the versions, divided by their number. */
  readonly deviation: readonly number[];
  /** The most probable class of each version. */
  readonly topClasses: readonly number[];
  /** Versions whose most probable class is the answer's. */
  readonly agreeing: number;
  /** The same as a share, 0 to 1. */
  readonly agreement: number;
}

/**
 * @param rows probabilities of each version, [version][class]
 * @param answer the class that was answered; the most probable one of the first version unless given
 * @throws RangeError without versions, or for rows of different length
 */
export function testTimeAgreement(rows: readonly ArrayLike<number>[], answer?: number): TestTimeAgreement {
  const [first] = rows;
  if (!first || rows.some((row) => row.length !== first.length)) {
    throw new RangeError(
      `each version needs a probability of every class; received ${rows.map(({ length }) => length).join(', ') || 'none'}`,
    );
  }
  const classes = Array.from(first, (_, c) => c);
  const mean = classes.map((c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length);
  const deviation = classes.map((c) =>
    Math.sqrt(rows.reduce((sum, row) => sum + (row[c]! - mean[c]!) ** 2, 0) / rows.length),
  );
  const topClasses = rows.map(argMax);
  const answered = answer ?? topClasses[0]!;
  const agreeing = topClasses.filter((top) => top === answered).length;
  return { versions: rows.length, mean, deviation, topClasses, agreeing, agreement: agreeing / rows.length };
}
