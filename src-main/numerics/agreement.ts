/**
 * How far clinician, model and histology agree over cases. Pure; runs in every process.
 *
 * Cohen's kappa (1960), as scikit-learn's `cohen_kappa_score`, with the large-sample standard error of Fleiss, Cohen & Everitt
 * (1969), as statsmodels's `cohens_kappa`; shares with exact intervals (Clopper & Pearson 1934). Hand in one case a lesion: cases
 * of one lesion are no independent evidence. Kept cases are no random sample of patients, least of all those with histology.
 */
import type { Estimate } from './bootstrap.ts';
import { type ConfusionMatrix, confusionMatrix } from './confusion.ts';
import { clopperPearson } from './significance.ts';
import { NORMAL_97_5 } from './special-functions.ts';

export interface Kappa extends Estimate {
  /** Share on which both agree, and the share expected from their frequencies alone; null without cases. */
  readonly observed: number | null;
  readonly expected: number | null;
}

/**
 * Kappa of two raters with its 95 % interval, cut to [-1, 1]. Null without cases, or where both always gave the same one class:
 * there no agreement beyond chance can be told. The interval is an approximation for many cases; with fewer than some 30 read it
 * with care.
 * @param matrix cases by [class of the first][class of the second]
 */
export function cohenKappa(matrix: ConfusionMatrix): Kappa {
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  if (total === 0) return { value: null, low: null, high: null, observed: null, expected: null };
  const shares = matrix.map((row) => row.map((count) => count / total));
  const first = shares.map((row) => row.reduce((sum, share) => sum + share, 0));
  const second = shares.map((_, c) => shares.reduce((sum, row) => sum + row[c]!, 0));
  const observed = shares.reduce((sum, row, c) => sum + row[c]!, 0);
  const expected = first.reduce((sum, share, c) => sum + share * second[c]!, 0);
  const isConstant = matrix.some((row, c) => row[c] === total);
  if (isConstant) return { value: null, low: null, high: null, observed, expected };
  const value = (observed - expected) / (1 - expected);
  let agreeing = 0;
  let differing = 0;
  shares.forEach((row, a) => {
    row.forEach((share, b) => {
      if (a === b) agreeing += share * (1 - (first[a]! + second[a]!) * (1 - value)) ** 2;
      else differing += share * (second[a]! + first[b]!) ** 2;
    });
  });
  const variance =
    (agreeing + (1 - value) ** 2 * differing - (value - expected * (1 - value)) ** 2) /
    (total * (1 - expected) ** 2);
  // Rounding may leave a hair below 0 where all agree.
  const half = NORMAL_97_5 * Math.sqrt(Math.max(0, variance));
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half), observed, expected };
}

export const RATERS = ['clinician', 'model', 'histology'] as const;

export type Rater = (typeof RATERS)[number];

/** The class that each gave, null where there is none (yet). */
export type RatedCase = Readonly<Record<Rater, number | null>>;

export interface PairAgreement {
  readonly first: Rater;
  readonly second: Rater;
  /** Cases that both rated. */
  readonly cases: number;
  /** [class of the first][class of the second] */
  readonly matrix: ConfusionMatrix;
  readonly kappa: Kappa;
}

export interface MalignancyRates {
  readonly rater: 'clinician' | 'model';
  /** Malignant and benign by histology among the cases that the rater rated, and those that the rater called so. */
  readonly malignant: number;
  readonly malignantFound: number;
  readonly benign: number;
  readonly benignFound: number;
  readonly sensitivity: Estimate;
  readonly specificity: Estimate;
}

export interface CaseAgreement {
  /** Clinician and model, histology and clinician, histology and model. */
  readonly pairs: readonly PairAgreement[];
  /** Against histology. */
  readonly malignancy: readonly MalignancyRates[];
}

/**
 * @param malignant for each class, whether it is malignant; null where nobody has said: cases of such a class, by either, are in no rate
 * @throws RangeError for a class outside the list
 */
export function caseAgreement(
  cases: readonly RatedCase[],
  malignant: readonly (boolean | null)[],
): CaseAgreement {
  const pairs = [
    pairAgreement(cases, 'clinician', 'model', malignant.length),
    pairAgreement(cases, 'histology', 'clinician', malignant.length),
    pairAgreement(cases, 'histology', 'model', malignant.length),
  ];
  return {
    pairs,
    malignancy: [
      malignancyRates('clinician', pairs[1]!.matrix, malignant),
      malignancyRates('model', pairs[2]!.matrix, malignant),
    ],
  };
}

function pairAgreement(
  cases: readonly RatedCase[],
  first: Rater,
  second: Rater,
  classCount: number,
): PairAgreement {
  const both = cases.filter((rated) => rated[first] !== null && rated[second] !== null);
  const matrix = confusionMatrix(
    both.map((rated) => rated[first]!),
    both.map((rated) => rated[second]!),
    classCount,
  );
  return { first, second, cases: both.length, matrix, kappa: cohenKappa(matrix) };
}

/** @param matrix [class by histology][class by the rater] */
function malignancyRates(
  rater: MalignancyRates['rater'],
  matrix: ConfusionMatrix,
  malignant: readonly (boolean | null)[],
): MalignancyRates {
  const count = (isMalignant: boolean, isCalledMalignant: boolean) =>
    matrix.reduce(
      (sum, row, truth) =>
        malignant[truth] === isMalignant
          ? sum + row.reduce((of, cases, c) => (malignant[c] === isCalledMalignant ? of + cases : of), 0)
          : sum,
      0,
    );
  const [malignantFound, missed] = [count(true, true), count(true, false)];
  const [benignFound, alarmed] = [count(false, false), count(false, true)];
  return {
    rater,
    malignant: malignantFound + missed,
    malignantFound,
    benign: benignFound + alarmed,
    benignFound,
    sensitivity: clopperPearson(malignantFound, malignantFound + missed),
    specificity: clopperPearson(benignFound, benignFound + alarmed),
  };
}
