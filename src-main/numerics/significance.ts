/**
 * Whether two classifiers differ, and how sure a share is. Pure; runs in every process.
 *
 * McNemar's test in its exact form (binomial on the discordant pairs); the paired bootstrap of a difference (Efron &
 * Tibshirani 1993); Clopper-Pearson 1934 and Wilson 1927 intervals of a share, at 95 %.
 */
import { bootstrapInParts, type Estimate, finish, type InParts, percentile } from './bootstrap.ts';
import { betaQuantile, binomialDistribution, NORMAL_97_5 } from './special-functions.ts';

/** What is left of a difference of 0 after sums of fractions. */
const ROUNDING = 1e-12;

export interface McNemarResult {
  readonly onlyFirstRight: number;
  readonly onlySecondRight: number;
  /** Two-sided; 1 when the two never differ. */
  readonly pValue: number;
}

/**
 * On pairs that are independent: give one image a lesion.
 * @throws RangeError for lists of different length
 */
export function mcnemar(firstRight: ArrayLike<boolean>, secondRight: ArrayLike<boolean>): McNemarResult {
  if (firstRight.length !== secondRight.length) {
    throw new RangeError(`pairs must be complete; received ${firstRight.length} and ${secondRight.length}`);
  }
  let onlyFirstRight = 0;
  let onlySecondRight = 0;
  for (let i = 0; i < firstRight.length; i++) {
    if (firstRight[i] && !secondRight[i]) onlyFirstRight++;
    if (secondRight[i] && !firstRight[i]) onlySecondRight++;
  }
  const discordant = onlyFirstRight + onlySecondRight;
  const tail = binomialDistribution(Math.min(onlyFirstRight, onlySecondRight), discordant, 0.5);
  return { onlyFirstRight, onlySecondRight, pValue: Math.min(1, 2 * tail) };
}

export interface Difference extends Estimate {
  readonly pValue: number | null;
}

export interface PairedOptions {
  readonly trueClasses: readonly number[];
  readonly groups: readonly (string | number)[];
  readonly firstPredicted: readonly number[];
  readonly secondPredicted: readonly number[];
  readonly samples: number;
  readonly seed: number;
}

/**
 * Balanced accuracy of the first minus the second on the same images, bootstrapped over groups stratified by class.
 * The p-value is the two-sided one of the percentile interval: twice the smaller share of samples on either side of
 * no difference, with one added to both counts, so that it is never 0 (Davison & Hinkley 1997).
 * Without images, all null; with a single group, the value alone.
 */
export function pairedBootstrapDifference(options: PairedOptions): Difference {
  return finish(pairedBootstrapInParts(options));
}

export function* pairedBootstrapInParts(options: PairedOptions): InParts<Difference> {
  const { trueClasses, groups, firstPredicted, secondPredicted, samples, seed } = options;
  const gains = trueClasses.map(
    (trueClass, i) => Number(firstPredicted[i] === trueClass) - Number(secondPredicted[i] === trueClass),
  );
  const { values, sampled, groupCount } = yield* bootstrapInParts({
    groups,
    strata: trueClasses,
    samples,
    seed,
    statistic: (multiplicities) => [meanGainOverClasses(trueClasses, gains, multiplicities)],
  });
  const value = values[0]!;
  const ascending = sampled[0]!;
  if (value === null || groupCount < 2 || ascending.length === 0) {
    return { value, low: null, high: null, pValue: null };
  }
  const below = ascending.filter((difference) => difference <= ROUNDING).length;
  const above = ascending.filter((difference) => difference >= -ROUNDING).length;
  return {
    value,
    low: percentile(ascending, 0.025),
    high: percentile(ascending, 0.975),
    pValue: Math.min(1, (2 * (1 + Math.min(below, above))) / (1 + ascending.length)),
  };
}

/** Recall differs by the mean gain of a class; balanced accuracy by the mean of those over classes with samples. */
function meanGainOverClasses(
  trueClasses: readonly number[],
  gains: readonly number[],
  multiplicities: Uint32Array,
): number | null {
  const gained: number[] = [];
  const support: number[] = [];
  for (let i = 0; i < trueClasses.length; i++) {
    const c = trueClasses[i]!;
    gained[c] = (gained[c] ?? 0) + gains[i]! * multiplicities[i]!;
    support[c] = (support[c] ?? 0) + multiplicities[i]!;
  }
  let sum = 0;
  let present = 0;
  support.forEach((count, c) => {
    if (count === 0) return;
    sum += gained[c]! / count;
    present++;
  });
  return present === 0 ? null : sum / present;
}

/** Exact 95 % interval of a share: never too narrow. All null without trials. */
export function clopperPearson(successes: number, trials: number): Estimate {
  requireShare(successes, trials);
  if (trials === 0) return { value: null, low: null, high: null };
  return {
    value: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(0.025, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(0.975, successes + 1, trials - successes),
  };
}

/** Wilson's score interval at 95 %: close to the nominal level also for few trials. All null without trials. */
export function wilson(successes: number, trials: number): Estimate {
  requireShare(successes, trials);
  if (trials === 0) return { value: null, low: null, high: null };
  const value = successes / trials;
  const z2 = NORMAL_97_5 ** 2 / trials;
  const centre = (value + z2 / 2) / (1 + z2);
  const half = (NORMAL_97_5 / (1 + z2)) * Math.sqrt((value * (1 - value)) / trials + z2 / (4 * trials));
  return {
    value,
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  };
}

function requireShare(successes: number, trials: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || successes < 0 || successes > trials) {
    throw new RangeError(`successes must be whole and within the trials; received ${successes} of ${trials}`);
  }
}
