/**
 * How well a score ranks the samples of one class before the others. Pure; runs in every process. Equal to
 * scikit-learn (`roc_curve` without dropped points, `roc_auc_score`, `average_precision_score`), ties included.
 *
 * A sample is called positive when its score is at least the threshold. What needs positives, or negatives, that are
 * not there is null.
 */

/** Scores of one class, and which samples are of that class. */
export interface BinaryScores {
  readonly scores: ArrayLike<number>;
  /** Truthy for a sample of the class. */
  readonly positive: ArrayLike<boolean | number>;
}

/** What a threshold does; the counts are cumulative from the highest score down. */
export interface OperatingPoint {
  /** null: above every score, nothing is called positive. */
  readonly threshold: number | null;
  readonly truePositives: number;
  readonly falsePositives: number;
  /** True positive rate, recall. */
  readonly sensitivity: number | null;
  /** 1 - false positive rate. */
  readonly specificity: number | null;
  /** Of those called positive, the share that is; null where nothing is called positive. */
  readonly precision: number | null;
}

/**
 * Every threshold that changes anything, from "nothing is positive" to "everything is": one point for each distinct
 * score, highest first. The ROC curve is (1 - specificity, sensitivity), the precision-recall curve (sensitivity, precision).
 * @throws RangeError for lists of different length or a score that is not finite
 */
export function operatingPoints({ scores, positive }: BinaryScores): OperatingPoint[] {
  if (scores.length !== positive.length) {
    throw new RangeError(
      `each sample needs a score and a label; received ${scores.length} and ${positive.length}`,
    );
  }
  const order = Array.from({ length: scores.length }, (_, index) => index);
  order.sort((a, b) => scores[b]! - scores[a]!);
  const positives = order.filter((index) => positive[index]).length;
  const negatives = order.length - positives;
  const point = (
    threshold: number | null,
    truePositives: number,
    falsePositives: number,
  ): OperatingPoint => ({
    threshold,
    truePositives,
    falsePositives,
    sensitivity: ratio(truePositives, positives),
    specificity: ratio(negatives - falsePositives, negatives),
    precision: ratio(truePositives, truePositives + falsePositives),
  });

  const points = [point(null, 0, 0)];
  let truePositives = 0;
  order.forEach((index, rank) => {
    if (!Number.isFinite(scores[index])) {
      throw new RangeError(`scores must be finite numbers; sample ${index} has ${scores[index]}`);
    }
    if (positive[index]) truePositives++;
    const next = order[rank + 1];
    if (next === undefined || scores[next] !== scores[index]) {
      points.push(point(scores[index]!, truePositives, rank + 1 - truePositives));
    }
  });
  return points;
}

/** Area under the ROC curve: the chance that a positive scores above a negative, a draw counting half. */
export function rocAuc(data: BinaryScores): number | null {
  return areaUnder(operatingPoints(data));
}

/** The same from the curve, all of whose points are needed (`operatingPoints`). */
export function areaUnder(points: readonly OperatingPoint[]): number | null {
  const last = points.at(-1)!;
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const { truePositives, falsePositives } = points[i]!;
    const before = points[i - 1]!;
    area += ((falsePositives - before.falsePositives) * (truePositives + before.truePositives)) / 2;
  }
  return ratio(area, last.truePositives * last.falsePositives);
}

/** Average precision: the sum over thresholds of precision times the recall gained (no interpolation). */
export function averagePrecision(data: BinaryScores): number | null {
  return averagePrecisionOf(operatingPoints(data));
}

/** The same from the curve, all of whose points are needed (`operatingPoints`). */
export function averagePrecisionOf(points: readonly OperatingPoint[]): number | null {
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    sum += (points[i]!.truePositives - points[i - 1]!.truePositives) * points[i]!.precision!;
  }
  return ratio(sum, points.at(-1)!.truePositives);
}

/**
 * The point with the highest sensitivity among those whose specificity is at least `specificity`; of several, the one
 * with the highest threshold. null without positives or without negatives.
 */
export function sensitivityAtSpecificity(data: BinaryScores, specificity: number): OperatingPoint | null {
  const allowed = definedPoints(data).filter((point) => atLeast(point.specificity!, specificity));
  return first(allowed, (point, best) => point.truePositives > best.truePositives);
}

/**
 * The point with the highest threshold, so the highest specificity, whose sensitivity is at least `sensitivity`.
 * null without positives or without negatives.
 */
export function thresholdForSensitivity(data: BinaryScores, sensitivity: number): OperatingPoint | null {
  return definedPoints(data).find((point) => atLeast(point.sensitivity!, sensitivity)) ?? null;
}

/** Points whose rates are defined: all or none. */
function definedPoints(data: BinaryScores): OperatingPoint[] {
  return operatingPoints(data).filter((point) => point.sensitivity !== null && point.specificity !== null);
}

/** A share reached up to rounding: 9 of 10 reach 0.9. */
export function atLeast(reached: number, wanted: number): boolean {
  return reached >= wanted - 1e-12;
}

function first<T>(items: readonly T[], better: (item: T, best: T) => boolean): T | null {
  let best: T | null = null;
  for (const item of items) if (best === null || better(item, best)) best = item;
  return best;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
