/**
 * Whether probabilities mean what they say, and one number that mends them. Pure; runs in every process.
 *
 * ECE and temperature: Guo et al., "On calibration of modern neural networks", ICML 2017. Brier score: Brier 1950,
 * summed over classes (0 to 2), as scikit-learn's `brier_score_loss` for several classes. Log loss: `log_loss`.
 * Without samples every figure is null.
 */
import { argMax } from './confusion.ts';

export interface ReliabilityBin {
  /** The bin is (low, high]; the first holds 0 too. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Means over the bin's samples of the top probability, and of being right; null for an empty bin. */
  readonly meanConfidence: number | null;
  readonly accuracy: number | null;
}

/** Rows of class probabilities (or of logits), one a sample, with the true class of each. */
export interface LabelledRows {
  /** [sample][class] */
  readonly rows: readonly ArrayLike<number>[];
  readonly trueClasses: ArrayLike<number>;
}

export const RELIABILITY_BINS = 15;

/** The smallest probability that a logarithm sees: scikit-learn's clip for 64-bit input. */
const SMALLEST_PROBABILITY = Number.EPSILON;

/** The range in which a temperature is sought. Right (or wrong) throughout, a set has no finite best one. */
export const TEMPERATURE_RANGE = [0.05, 20] as const;

/** Samples by the probability of their top label, in bins of equal width. */
export function reliabilityBins(data: LabelledRows, binCount = RELIABILITY_BINS): ReliabilityBin[] {
  const counts = new Array<number>(binCount).fill(0);
  const confidences = new Array<number>(binCount).fill(0);
  const right = new Array<number>(binCount).fill(0);
  data.rows.forEach((row, i) => {
    const top = argMax(row);
    const bin = confidenceBin(row[top]!, binCount);
    counts[bin]! += 1;
    confidences[bin]! += row[top]!;
    if (top === data.trueClasses[i]) right[bin]! += 1;
  });
  return counts.map((count, bin) => ({
    low: bin / binCount,
    high: (bin + 1) / binCount,
    count,
    meanConfidence: count === 0 ? null : confidences[bin]! / count,
    accuracy: count === 0 ? null : right[bin]! / count,
  }));
}

/** Index of the bin that a probability falls into. */
export function confidenceBin(probability: number, binCount: number): number {
  return Math.min(binCount - 1, Math.max(0, Math.ceil(probability * binCount) - 1));
}

/** Expected calibration error: the mean over samples of |accuracy - mean confidence| of their bin. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (total === 0) return null;
  return bins.reduce(
    (sum, { count, accuracy, meanConfidence }) =>
      count === 0 ? sum : sum + (count / total) * Math.abs(accuracy! - meanConfidence!),
    0,
  );
}

/** Mean over samples of the squared distance to the one-hot truth, in [0, 2]. */
export function brierScore(data: LabelledRows): number | null {
  return meanOver(data, squaredDistance);
}

/** What one sample adds to the Brier score. */
export function squaredDistance(row: ArrayLike<number>, trueClass: number): number {
  let distance = 0;
  for (let c = 0; c < row.length; c++) distance += (row[c]! - (c === trueClass ? 1 : 0)) ** 2;
  return distance;
}

/** Mean over samples of -ln p(true class), probabilities clipped to [2^-52, 1 - 2^-52] as scikit-learn clips them. */
export function logLoss(data: LabelledRows): number | null {
  return meanOver(data, surprise);
}

/** What one sample adds to the log loss. */
export function surprise(row: ArrayLike<number>, trueClass: number): number {
  const clipped = Math.min(1 - SMALLEST_PROBABILITY, Math.max(SMALLEST_PROBABILITY, row[trueClass]!));
  return -Math.log(clipped);
}

/** Logarithms of probabilities: they serve as logits (a softmax forgets a constant). Zeros are clipped to 2^-52. */
export function logProbabilities(rows: readonly ArrayLike<number>[]): number[][] {
  return rows.map((row) => Array.from(row, (p) => Math.log(Math.max(p, SMALLEST_PROBABILITY))));
}

/** Softmax of logits divided by the temperature: below 1 sharpens, above 1 softens; the top label stays. */
export function applyTemperature(logits: ArrayLike<number>, temperature: number): number[] {
  const top = logits[argMax(logits)]!;
  const powers = Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/**
 * The temperature with the least log loss on a calibration part, within TEMPERATURE_RANGE. The loss is convex in
 * 1 / temperature, so that a bisection on the sign of its slope finds it.
 *
 * @param data logits, or `logProbabilities`, with the true classes
 * @returns null without samples
 */
export function fitTemperature(data: LabelledRows): number | null {
  if (data.rows.length === 0) return null;
  const slopeAt = (temperature: number) =>
    meanOver(data, (row, trueClass) => {
      const probabilities = applyTemperature(row, temperature);
      return probabilities.reduce((mean, p, c) => mean + p * row[c]!, 0) - row[trueClass]!;
    })!;
  let [low, high] = TEMPERATURE_RANGE.map(Math.log) as [number, number];
  // The slope along 1 / temperature: positive where the temperature should be higher.
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (slopeAt(Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

function meanOver(
  { rows, trueClasses }: LabelledRows,
  lossOf: (row: ArrayLike<number>, trueClass: number) => number,
): number | null {
  if (rows.length !== trueClasses.length) {
    throw new RangeError(
      `each sample needs a row and a true class; received ${rows.length} and ${trueClasses.length}`,
    );
  }
  let sum = 0;
  rows.forEach((row, i) => {
    const trueClass = trueClasses[i]!;
    if (row[trueClass] === undefined) {
      throw new RangeError(`sample ${i} has true class ${trueClass}, but ${row.length} probabilities`);
    }
    sum += lossOf(row, trueClass);
  });
  return rows.length === 0 ? null : sum / rows.length;
}
