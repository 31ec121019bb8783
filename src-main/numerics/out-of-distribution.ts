/**
 * How far a picture is from those that a model was trained on. Pure; runs in every process.
 *
 * Two measures, larger is farther: the energy of the logits (Liu et al., NeurIPS 2020) and the Mahalanobis distance of a
 * network's features to the nearest class mean, with one covariance of all classes (Lee et al., NeurIPS 2018), shrunk after
 * Ledoit & Wolf 2004. The limit comes from the calibration part, over lesions. Neither proves that a picture is of the trained
 * kind: a picture may be strange in a way that the network's features do not show.
 *
 * The covariance is kept whole, as its Cholesky factor in 32 bits: 3.3 MB at 1280 features, and a distance costs 0.8 million
 * multiplications (about a millisecond). A few principal components would be smaller, but what is strange shows most in the
 * directions in which training pictures hardly vary (Kamoi & Kobayashi 2020), and those are what would be dropped.
 */
import type { Estimate } from './bootstrap.ts';
import { conformalQuantile, firstImages, type LesionRows } from './conformal.ts';
import { argMax } from './confusion.ts';
import { clopperPearson } from './significance.ts';

/**
 * -T logsumexp(logits / T). Of raw logits: a softmax, or its logarithm, has lost what is measured here.
 * @throws RangeError for a temperature that is not positive
 */
export function energy(logits: ArrayLike<number>, temperature = 1): number {
  if (!(temperature > 0)) throw new RangeError(`a temperature is above 0; received ${temperature}`);
  const top = logits[argMax(logits)]!;
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += Math.exp((logits[c]! - top) / temperature);
  return -top - temperature * Math.log(sum);
}

/** Features of images, and the class of each. */
export interface LabelledFeatures {
  /** Row-major [image][feature]. */
  readonly features: Float32Array;
  readonly featureCount: number;
  readonly trueClasses: ArrayLike<number>;
  readonly classCount: number;
}

/** What `mahalanobisDistance` needs, stored with a released model. */
export interface FeatureGaussian {
  readonly featureCount: number;
  /** Lower triangle L of the shrunk covariance L Lᵀ, row by row: featureCount * (featureCount + 1) / 2 values. */
  readonly cholesky: Float32Array;
  /** L⁻¹ times the mean of each class that has images: row-major [class][feature]. */
  readonly whitenedMeans: Float32Array;
}

export interface FeatureDistribution extends FeatureGaussian {
  /** How much of the covariance is the sphere it was shrunk to, 0 to 1. */
  readonly shrinkage: number;
}

/**
 * Fits class means and one covariance on the training part. 6,000 images of 1280 features take some seconds and 100 MB.
 * @throws RangeError for lists that do not fit together, features that are not finite or of which none varies
 */
export function fitFeatureDistribution(data: LabelledFeatures): FeatureDistribution {
  const { featureCount } = data;
  requireFeatures(data);
  const means = classMeans(data);
  const columns = centredColumns(data, means);
  const imageCount = data.trueClasses.length;
  const covariance = covarianceOf(columns, featureCount, imageCount);
  const shrinkage = ledoitWolf(covariance, columns, featureCount, imageCount);
  shrink(covariance, featureCount, shrinkage);
  const factor = choleskyFactor(covariance, featureCount);
  const present = means.filter((mean) => mean !== null);
  const whitenedMeans = new Float32Array(present.length * featureCount);
  present.forEach((mean, i) => {
    whitenedMeans.set(solveLower(factor, mean), i * featureCount);
  });
  return { featureCount, shrinkage, cholesky: Float32Array.from(factor), whitenedMeans };
}

/**
 * Distance, in standard deviations of the training features, to the class mean that is nearest.
 * @throws RangeError for another number of features
 */
export function mahalanobisDistance(features: ArrayLike<number>, distribution: FeatureGaussian): number {
  const { featureCount, cholesky, whitenedMeans } = distribution;
  if (features.length !== featureCount) {
    throw new RangeError(`the model has ${featureCount} features; received ${features.length}`);
  }
  const whitened = solveLower(cholesky, features);
  let nearest = Number.POSITIVE_INFINITY;
  for (let start = 0; start < whitenedMeans.length; start += featureCount) {
    let squares = 0;
    for (let i = 0; i < featureCount; i++) squares += (whitened[i]! - whitenedMeans[start + i]!) ** 2;
    nearest = Math.min(nearest, squares);
  }
  return Math.sqrt(nearest);
}

/** A release's measure of a picture: the feature distance where it has a Gaussian, else the energy of the raw logits. */
export function distanceMeasure(
  { logits, features }: { readonly logits: ArrayLike<number>; readonly features: ArrayLike<number> },
  gaussian: FeatureGaussian | null,
): number {
  return gaussian ? mahalanobisDistance(features, gaussian) : energy(logits);
}

/** Plain data, stored with a released model. */
export interface DistanceLimit {
  /** The share of lesions like those of the calibration part that shall be inside, e.g. 0.95. */
  readonly inside: number;
  /** A larger measure is outside; null: too few lesions for the share, nothing is. */
  readonly limit: number | null;
  /** The measures of the calibration part, one a lesion, ascending. */
  readonly calibration: readonly number[];
}

/** A measure of each image, with the lesion and the id of each. */
export interface LesionMeasures extends Pick<LesionRows, 'lesionIds' | 'imageIds'> {
  readonly measures: ArrayLike<number>;
}

/**
 * The limit that at least the share `inside` of the calibration part's lesions, and of further ones like them, keeps within.
 * @throws RangeError for a share outside (0, 1), lists of different length, or a measure that is not finite
 */
export function fitDistanceLimit(data: LesionMeasures, inside = 0.95): DistanceLimit {
  const calibration = firstMeasures(data).sort((a, b) => a - b);
  return { inside, limit: conformalQuantile(calibration, inside), calibration };
}

/** Share of the calibration part's lesions that are nearer: "farther than x % of them"; null without any. */
export function shareNearer(
  measure: number,
  { calibration }: Pick<DistanceLimit, 'calibration'>,
): number | null {
  if (calibration.length === 0) return null;
  let [low, high] = [0, calibration.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calibration[middle]! < measure) low = middle + 1;
    else high = middle;
  }
  return low / calibration.length;
}

export function isOutside(measure: number, { limit }: Pick<DistanceLimit, 'limit'>): boolean {
  return limit !== null && measure > limit;
}

/** Share of another part's lesions that are outside, with its exact interval: on test, the rate of false alarms. */
export function outsideShare(data: LesionMeasures, limit: DistanceLimit): Estimate {
  const measures = firstMeasures(data);
  return clopperPearson(measures.filter((measure) => isOutside(measure, limit)).length, measures.length);
}

function firstMeasures({ measures, lesionIds, imageIds }: LesionMeasures): number[] {
  if (measures.length !== lesionIds.length) {
    throw new RangeError(
      `each image needs a measure and a lesion; received ${measures.length} and ${lesionIds.length}`,
    );
  }
  return firstImages({ lesionIds, imageIds }).map((i) => {
    if (!Number.isFinite(measures[i]!)) {
      throw new RangeError(`a measure is a finite number; image ${imageIds[i]} has ${measures[i]}`);
    }
    return measures[i]!;
  });
}

function requireFeatures({ features, featureCount, trueClasses, classCount }: LabelledFeatures): void {
  if (trueClasses.length === 0 || features.length !== trueClasses.length * featureCount) {
    throw new RangeError(
      `${trueClasses.length} images of ${featureCount} features need ${trueClasses.length * featureCount} values, and there must be one; ` +
        `received ${features.length}`,
    );
  }
  for (let i = 0; i < trueClasses.length; i++) {
    const trueClass = trueClasses[i]!;
    if (!Number.isInteger(trueClass) || trueClass < 0 || trueClass >= classCount) {
      throw new RangeError(`image ${i} has true class ${trueClass} of ${classCount}`);
    }
  }
  const strange = features.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) {
    throw new RangeError(
      `features are finite; image ${Math.floor(strange / featureCount)} has ${features[strange]}`,
    );
  }
}

/** Null for a class without images. */
function classMeans({ features, featureCount, trueClasses, classCount }: LabelledFeatures) {
  const counts = new Array<number>(classCount).fill(0);
  const sums = counts.map(() => new Float64Array(featureCount));
  for (let i = 0; i < trueClasses.length; i++) {
    const sum = sums[trueClasses[i]!]!;
    counts[trueClasses[i]!]! += 1;
    for (let j = 0; j < featureCount; j++) sum[j]! += features[i * featureCount + j]!;
  }
  return sums.map((sum, c) => (counts[c] === 0 ? null : sum.map((value) => value / counts[c]!)));
}

/** Features less the mean of their class, [feature][image]: a column at a time is what products of columns read. */
function centredColumns(
  { features, featureCount, trueClasses }: LabelledFeatures,
  means: readonly (Float64Array | null)[],
): Float64Array {
  const imageCount = trueClasses.length;
  const columns = new Float64Array(features.length);
  for (let i = 0; i < imageCount; i++) {
    const mean = means[trueClasses[i]!]!;
    for (let j = 0; j < featureCount; j++) {
      columns[j * imageCount + i] = features[i * featureCount + j]! - mean[j]!;
    }
  }
  return columns;
}

/** The maximum-likelihood covariance, its lower triangle row by row. */
function covarianceOf(columns: Float64Array, featureCount: number, imageCount: number): Float64Array {
  const covariance = new Float64Array((featureCount * (featureCount + 1)) / 2);
  let at = 0;
  for (let a = 0; a < featureCount; a++) {
    const first = columns.subarray(a * imageCount, (a + 1) * imageCount);
    for (let b = 0; b <= a; b++) {
      const second = columns.subarray(b * imageCount, (b + 1) * imageCount);
      let sum = 0;
      for (let i = 0; i < imageCount; i++) sum += first[i]! * second[i]!;
      covariance[at++] = sum / imageCount;
    }
  }
  return covariance;
}

/** The share with the least expected error (Ledoit & Wolf 2004), as scikit-learn's `ledoit_wolf_shrinkage` on centred data. */
function ledoitWolf(
  covariance: Float64Array,
  columns: Float64Array,
  featureCount: number,
  imageCount: number,
): number {
  const norms = new Float64Array(imageCount);
  for (let j = 0; j < featureCount; j++) {
    for (let i = 0; i < imageCount; i++) norms[i]! += columns[j * imageCount + i]! ** 2;
  }
  const fourth = norms.reduce((sum, norm) => sum + norm ** 2, 0) / imageCount;
  let [squares, trace, at] = [0, 0, 0];
  for (let a = 0; a < featureCount; a++) {
    for (let b = 0; b < a; b++) squares += 2 * covariance[at++]! ** 2;
    trace += covariance[at]!;
    squares += covariance[at++]! ** 2;
  }
  const error = (fourth - squares) / imageCount;
  const distance = squares - trace ** 2 / featureCount;
  return distance <= 0 ? 0 : Math.min(error, distance) / distance;
}

/** Moves a covariance towards the sphere of the same trace. */
function shrink(covariance: Float64Array, featureCount: number, shrinkage: number): void {
  const diagonal = (a: number) => (a * (a + 3)) / 2;
  let trace = 0;
  for (let a = 0; a < featureCount; a++) trace += covariance[diagonal(a)]!;
  for (let at = 0; at < covariance.length; at++) covariance[at]! *= 1 - shrinkage;
  for (let a = 0; a < featureCount; a++) covariance[diagonal(a)]! += (shrinkage * trace) / featureCount;
}

/** L of L Lᵀ, its lower triangle row by row. @throws RangeError where a direction has no variance */
function choleskyFactor(matrix: Float64Array, featureCount: number): Float64Array {
  const factor = new Float64Array(matrix.length);
  for (let a = 0; a < featureCount; a++) {
    const rowA = (a * (a + 1)) / 2;
    for (let b = 0; b <= a; b++) {
      const rowB = (b * (b + 1)) / 2;
      let rest = matrix[rowA + b]!;
      for (let k = 0; k < b; k++) rest -= factor[rowA + k]! * factor[rowB + k]!;
      if (a === b && !(rest > 0)) {
        throw new RangeError(
          `the features have no variance in every direction (feature ${a} of ${featureCount}); more images that differ are needed`,
        );
      }
      factor[rowA + b] = a === b ? Math.sqrt(rest) : rest / factor[rowB + b]!;
    }
  }
  return factor;
}

/** L⁻¹ x by forward substitution. */
function solveLower(factor: Float32Array | Float64Array, values: ArrayLike<number>): Float64Array {
  const solved = new Float64Array(values.length);
  let at = 0;
  for (let a = 0; a < values.length; a++) {
    let rest = values[a]!;
    for (let b = 0; b < a; b++) rest -= factor[at++]! * solved[b]!;
    solved[a] = rest / factor[at++]!;
  }
  return solved;
}
