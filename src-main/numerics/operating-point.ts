/**
 * A question with two answers (is it this class? is it malignant?) at one threshold. Pure; runs in every process: the window
 * moves the threshold with the code that the worker reports with. Equal to scikit-learn on `score >= threshold`.
 */
import { bootstrapGroups, type Estimate } from './bootstrap.ts';
import type { LabelledRows } from './calibration.ts';
import type { BinaryScores, OperatingPoint } from './ranking.ts';

export interface BinaryCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Each null where nothing is to be divided by. */
export interface BinaryRates {
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  /** Positive and negative predictive value: they hold for the class shares of these images alone. */
  readonly ppv: number | null;
  readonly npv: number | null;
}

export const RATE_NAMES = ['sensitivity', 'specificity', 'ppv', 'npv'] as const;

/**
 * Some classes against the others: a sample's score is the sum of its probabilities of those classes.
 * @param isPositive for each class of the rows, whether it counts as positive
 */
export function groupedScores({ rows, trueClasses }: LabelledRows, isPositive: readonly boolean[]) {
  const members = isPositive.flatMap((positive, c) => (positive ? [c] : []));
  return {
    scores: rows.map((row) => members.reduce((sum, c) => sum + row[c]!, 0)),
    positive: Array.from(trueClasses, (c) => isPositive[c] === true),
  };
}

/** @param threshold called positive is a score of at least this; null: nothing is */
export function binaryCounts({ scores, positive }: BinaryScores, threshold: number | null): BinaryCounts {
  let [truePositives, falsePositives, falseNegatives, trueNegatives] = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const isCalled = threshold !== null && scores[i]! >= threshold;
    if (positive[i]) isCalled ? truePositives++ : falseNegatives++;
    else isCalled ? falsePositives++ : trueNegatives++;
  }
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

export function binaryRates(counts: BinaryCounts): BinaryRates {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
  return {
    sensitivity: ratio(truePositives, truePositives + falseNegatives),
    specificity: ratio(trueNegatives, trueNegatives + falsePositives),
    ppv: ratio(truePositives, truePositives + falsePositives),
    npv: ratio(trueNegatives, trueNegatives + falseNegatives),
  };
}

/**
 * The rates with 95 % intervals: a bootstrap over lesions, positive and negative ones apart, since their shares were fixed
 * when the part was cut.
 * @param groups lesion of each sample
 */
export function rateIntervals(
  data: BinaryScores & { readonly groups: readonly string[] },
  threshold: number | null,
  options: { readonly samples: number; readonly seed: number },
): Record<keyof BinaryRates, Estimate> {
  const { scores, positive, groups } = data;
  const called = Uint8Array.from(scores, (score) => Number(threshold !== null && score >= threshold));
  const truth = Uint8Array.from(positive, Number);
  const statistic = (multiplicities: Uint32Array) => {
    // [called][positive]
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < called.length; i++) counts[called[i]! * 2 + truth[i]!]! += multiplicities[i]!;
    const rates = binaryRates({
      trueNegatives: counts[0]!,
      falseNegatives: counts[1]!,
      falsePositives: counts[2]!,
      truePositives: counts[3]!,
    });
    return RATE_NAMES.map((name) => rates[name]);
  };
  const estimates = bootstrapGroups({ groups, strata: Array.from(truth), statistic, ...options });
  return Object.fromEntries(RATE_NAMES.map((name, i) => [name, estimates[i]!])) as Record<
    keyof BinaryRates,
    Estimate
  >;
}

/**
 * Which of the points (`operatingPoints`: thresholds falling) a threshold is: the last one that calls no score below it
 * positive. 0, calling nothing positive, where it is null or above every score.
 */
export function pointAt(points: readonly OperatingPoint[], threshold: number | null): number {
  if (threshold === null) return 0;
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (points[middle]!.threshold! >= threshold) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The point with the largest sensitivity + specificity (Youden 1950), of several the highest threshold; null where undefined. */
export function youdenPoint(points: readonly OperatingPoint[]): OperatingPoint | null {
  let best: { point: OperatingPoint; sum: number } | null = null;
  for (const point of points) {
    if (point.sensitivity === null || point.specificity === null) return null;
    const sum = point.sensitivity + point.specificity;
    if (best === null || sum > best.sum) best = { point, sum };
  }
  return best?.point ?? null;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
