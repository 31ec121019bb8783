/**
 * Figures of images that count several times each, as the samples of a bootstrap draw them: what does not depend on the
 * drawing (the order of the scores, the bins) is prepared once, so that a sample takes one pass over the images. Pure.
 *
 * Each figure is that of `ranking.ts`, `calibration.ts` or `confusion.ts` on a set in which every image lies as often as
 * it counts, and equals scikit-learn's with `sample_weight`.
 */
import { confidenceBin, type LabelledRows, RELIABILITY_BINS } from './calibration.ts';
import { argMax } from './confusion.ts';
import { atLeast, type BinaryScores } from './ranking.ts';

/** Gives a figure; `multiplicities[i]` is how often image i counts. */
export type Repeated<Figure> = (multiplicities: Uint32Array) => Figure;

/** `[true class][predicted class]` counts. */
export function repeatedConfusion(
  trueClasses: ArrayLike<number>,
  predictedClasses: ArrayLike<number>,
  classCount: number,
): Repeated<number[][]> {
  const cellOf = Uint32Array.from(trueClasses, (c, i) => c * classCount + predictedClasses[i]!);
  return (multiplicities) => {
    const cells = new Float64Array(classCount * classCount);
    for (let i = 0; i < cellOf.length; i++) cells[cellOf[i]!]! += multiplicities[i]!;
    return Array.from({ length: classCount }, (_, c) => [
      ...cells.subarray(c * classCount, (c + 1) * classCount),
    ]);
  };
}

/** The mean of a value that each image has; null where none counts. */
export function repeatedMean(values: Float64Array): Repeated<number | null> {
  return (multiplicities) => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      sum += multiplicities[i]! * values[i]!;
      count += multiplicities[i]!;
    }
    return ratio(sum, count);
  };
}

/** ECE of the top label in bins of equal width. */
export function repeatedCalibrationError(
  { rows, trueClasses }: LabelledRows,
  binCount = RELIABILITY_BINS,
): Repeated<number | null> {
  const tops = rows.map(argMax);
  const binOf = Uint8Array.from(rows, (row, i) => confidenceBin(row[tops[i]!]!, binCount));
  const excess = Float64Array.from(rows, (row, i) => Number(tops[i] === trueClasses[i]) - row[tops[i]!]!);
  return (multiplicities) => {
    const excesses = new Float64Array(binCount);
    let count = 0;
    for (let i = 0; i < binOf.length; i++) {
      excesses[binOf[i]!]! += multiplicities[i]! * excess[i]!;
      count += multiplicities[i]!;
    }
    return ratio(
      excesses.reduce((sum, value) => sum + Math.abs(value), 0),
      count,
    );
  };
}

export interface RankingAreas {
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
}

export function repeatedRankingAreas(data: BinaryScores): Repeated<RankingAreas> {
  const { order, positive, endsTie } = ranked(data);
  return (multiplicities) => {
    let [truePositives, falsePositives, rocArea, precisionArea] = [0, 0, 0, 0];
    let [trueBefore, falseBefore] = [0, 0];
    for (let rank = 0; rank < order.length; rank++) {
      const times = multiplicities[order[rank]!]!;
      if (positive[rank]) truePositives += times;
      else falsePositives += times;
      if (!endsTie[rank]) continue;
      rocArea += ((falsePositives - falseBefore) * (truePositives + trueBefore)) / 2;
      const gained = truePositives - trueBefore;
      if (gained > 0) precisionArea += (gained * truePositives) / (truePositives + falsePositives);
      trueBefore = truePositives;
      falseBefore = falsePositives;
    }
    return {
      rocAuc: ratio(rocArea, truePositives * falsePositives),
      averagePrecision: ratio(precisionArea, truePositives),
    };
  };
}

/** The highest sensitivity of a threshold that has at least each of the specificities; null without positives or negatives. */
export function repeatedSensitivities(
  data: BinaryScores,
  specificities: readonly number[],
): Repeated<(number | null)[]> {
  const { order, positive, endsTie } = ranked(data);
  return (multiplicities) => {
    let [positives, negatives] = [0, 0];
    for (let rank = 0; rank < order.length; rank++) {
      const times = multiplicities[order[rank]!]!;
      if (positive[rank]) positives += times;
      else negatives += times;
    }
    if (positives === 0 || negatives === 0) return specificities.map(() => null);
    const best = specificities.map(() => 0);
    let [truePositives, falsePositives] = [0, 0];
    for (let rank = 0; rank < order.length; rank++) {
      const times = multiplicities[order[rank]!]!;
      if (positive[rank]) truePositives += times;
      else falsePositives += times;
      if (!endsTie[rank]) continue;
      const specificity = (negatives - falsePositives) / negatives;
      for (let i = 0; i < best.length; i++) {
        if (atLeast(specificity, specificities[i]!)) best[i] = truePositives;
      }
    }
    return best.map((found) => found / positives);
  };
}

/** Images from the highest score down; only the last of equal scores is a threshold. */
function ranked({ scores, positive }: BinaryScores) {
  const order = Uint32Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => scores[b]! - scores[a]!);
  return {
    order,
    positive: Uint8Array.from(order, (index) => Number(positive[index])),
    endsTie: Uint8Array.from(order, (index, rank) => Number(scores[order[rank + 1]!] !== scores[index])),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
