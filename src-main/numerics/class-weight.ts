/**
 * Weights of the classes in a loss, against imbalance. Pure; runs in every process.
 * `inverse` equals scikit-learn's `class_weight='balanced'`: samples / (classes present * samples of the class).
 */

export type ClassWeightKind = 'none' | 'inverse' | 'sqrt-inverse';

/**
 * One weight a class, such that the mean weight over the samples is 1: a weighted loss then stays on the scale of
 * an unweighted one. A class without samples gets 0; no sample carries that weight.
 *
 * @param counts training samples of each class
 * @throws RangeError when a count is not a non-negative integer, or there is no sample at all
 */
export function classWeights(counts: readonly number[], kind: ClassWeightKind): number[] {
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) {
    throw new RangeError(`class counts must be non-negative integers; received [${counts}]`);
  }
  const samples = counts.reduce((sum, count) => sum + count, 0);
  if (samples === 0) throw new RangeError(`class weights need at least one sample; received [${counts}]`);
  const exponent = { none: 0, inverse: 1, 'sqrt-inverse': 0.5 }[kind];
  const raw = counts.map((count) => (count === 0 ? 0 : count ** -exponent));
  const total = raw.reduce((sum, weight, c) => sum + weight * counts[c]!, 0);
  return raw.map((weight) => (weight * samples) / total);
}
