/**
 * Conformal prediction sets: which classes cannot be ruled out at a level, from a calibration part. Pure; runs in every process.
 *
 * Split conformal prediction (Vovk, Gammerman & Shafer 2005; Angelopoulos & Bates, "Conformal prediction: a gentle introduction",
 * 2023) with the score 1 - p(true class), the least ambiguous sets (Sadinle, Lei & Wasserman, JASA 2019). A lesion that is
 * exchangeable with those of the calibration part has its class in its set with at least the level's probability, over lesions
 * and draws of the calibration part; by class where the class has a threshold of its own (Mondrian). A class with the marginal
 * threshold has no such promise, and neither have patients whose pictures or case mix differ: what was measured on test
 * (`conformalCoverage`) stands beside a set, and no set rules a class out.
 *
 * Counted are lesions, by one image each: images of a lesion resemble one another and are not exchangeable with others.
 */
import type { Estimate } from './bootstrap.ts';
import type { LabelledRows } from './calibration.ts';
import { argMax } from './confusion.ts';
import { clopperPearson } from './significance.ts';

/** Calibrated probabilities of images, with the lesion and the id of each. */
export interface LesionRows extends LabelledRows {
  readonly lesionIds: readonly string[];
  readonly imageIds: readonly string[];
}

export interface ConformalThreshold {
  /** A class whose score 1 - p is at most this is in the set; null: too few lesions for the level, every class is. */
  readonly threshold: number | null;
  /** Lesions of the calibration part with this class; of all classes for the marginal threshold. */
  readonly lesions: number;
}

export interface ClassThreshold extends ConformalThreshold {
  /** 'marginal': the class has too few lesions for a threshold of its own and takes that of all classes. */
  readonly kind: 'class-conditional' | 'marginal';
}

/** Plain data, stored with a released model. */
export interface ConformalThresholds {
  /** The share of lesions whose class shall be in its set, e.g. 0.9. */
  readonly level: number;
  readonly marginal: ConformalThreshold;
  readonly byClass: readonly ClassThreshold[];
}

/**
 * The ceil((n + 1) * level)-th smallest of n scores: a further, exchangeable score is at most that with probability `level` or
 * more. Null when n is too small for the level.
 * @throws RangeError for a level outside (0, 1)
 */
export function conformalQuantile(scores: readonly number[], level: number): number | null {
  if (!(level > 0 && level < 1)) throw new RangeError(`a level is between 0 and 1; received ${level}`);
  // 100 * 0.55 is 55.000000000000007
  const rank = Math.ceil((scores.length + 1) * level - 1e-9);
  return scores.toSorted((a, b) => a - b)[rank - 1] ?? null;
}

/** Indices of one image of each lesion, the first by image id, in the order of the images given. */
export function firstImages({ lesionIds, imageIds }: Pick<LesionRows, 'lesionIds' | 'imageIds'>): number[] {
  if (lesionIds.length !== imageIds.length) {
    throw new RangeError(
      `each image needs a lesion and an id; received ${lesionIds.length} and ${imageIds.length}`,
    );
  }
  const firsts = new Map<string, number>();
  lesionIds.forEach((lesionId, i) => {
    const first = firsts.get(lesionId);
    if (first === undefined || imageIds[i]! < imageIds[first]!) firsts.set(lesionId, i);
  });
  return [...firsts.values()].sort((a, b) => a - b);
}

/**
 * Fits the thresholds on a calibration part: images that neither training nor the choice of a model has seen. That the same part
 * gave the temperature costs next to nothing of the promise (one number); coverage on test shows what is left.
 * @throws RangeError for a level outside (0, 1), lists of different length, or a class outside the rows
 */
export function fitConformal(
  data: LesionRows,
  {
    level,
    classCount,
    fewestLesions = 0,
  }: { readonly level: number; readonly classCount: number; readonly fewestLesions?: number },
): ConformalThresholds {
  requireComplete(data);
  const scores: number[] = [];
  const scoresOf = Array.from({ length: classCount }, (): number[] => []);
  for (const i of firstImages(data)) {
    const trueClass = data.trueClasses[i]!;
    const probability = data.rows[i]![trueClass];
    if (probability === undefined || scoresOf[trueClass] === undefined) {
      throw new RangeError(
        `image ${i} has true class ${trueClass}, but ${data.rows[i]!.length} probabilities for ${classCount} classes`,
      );
    }
    scores.push(1 - probability);
    scoresOf[trueClass].push(1 - probability);
  }
  const marginal = conformalQuantile(scores, level);
  return {
    level,
    marginal: { threshold: marginal, lesions: scores.length },
    byClass: scoresOf.map((own): ClassThreshold => {
      const threshold = own.length < fewestLesions ? null : conformalQuantile(own, level);
      return threshold === null
        ? { threshold: marginal, lesions: own.length, kind: 'marginal' }
        : { threshold, lesions: own.length, kind: 'class-conditional' };
    }),
  };
}

/**
 * The fewest lesions of a class with which its own threshold is not that of its one worst lesion: 9 at 0.8, 19 at 0.9, 39 at 0.95. With
 * fewer the promise would hold, but by a threshold that one lesion more or less turns over.
 */
function steadyLesions(level: number): number {
  return Math.ceil(2 / (1 - level) - 1 - 1e-9);
}

/**
 * Thresholds at several levels, each at least those of the levels below, so that a class that is in the set at one level is in it at every
 * higher one, also where it has a threshold of its own at the lower alone. What is raised can only cover more.
 */
export function fitNestedConformal(
  data: LesionRows,
  { levels, classCount }: { readonly levels: readonly number[]; readonly classCount: number },
): ConformalThresholds[] {
  const fitted: ConformalThresholds[] = [];
  for (const level of levels.toSorted((a, b) => a - b)) {
    const own = fitConformal(data, { level, classCount, fewestLesions: steadyLesions(level) });
    const below = fitted.at(-1)?.byClass;
    const byClass = own.byClass.map((one, c) => ({
      ...one,
      threshold: higher(one.threshold, below ? below[c]!.threshold : 0),
    }));
    fitted.push({ ...own, byClass });
  }
  return fitted;
}

/** Null lets every class in. */
function higher(first: number | null, second: number | null): number | null {
  return first === null || second === null ? null : Math.max(first, second);
}

/**
 * The classes in the set, the most probable first. Never empty: the most probable class is always in, which can only raise the
 * coverage.
 * @param probabilities calibrated as those of the calibration part were
 */
export function predictionSet(
  probabilities: ArrayLike<number>,
  { byClass }: Pick<ConformalThresholds, 'byClass'>,
): number[] {
  if (probabilities.length !== byClass.length) {
    throw new RangeError(
      `thresholds of ${byClass.length} classes, but ${probabilities.length} probabilities`,
    );
  }
  const top = argMax(probabilities);
  return byClass
    .flatMap(({ threshold }, c) =>
      c === top || threshold === null || 1 - probabilities[c]! <= threshold ? [c] : [],
    )
    .sort((a, b) => probabilities[b]! - probabilities[a]!);
}

export interface Coverage {
  /** Lesions, by their first image, and those of them whose class is in the set: "in x of y lesions". */
  readonly lesions: number;
  readonly coveredLesions: number;
  /** Share of lesions with its exact 95 % interval (Clopper & Pearson 1934). */
  readonly share: Estimate;
  /** All images. Without an interval: images of a lesion are no independent trials. */
  readonly images: number;
  readonly coveredImages: number;
  /** Classes in a set, on average over the lesions; null without any. */
  readonly meanSetSize: number | null;
}

export interface ConformalCoverage {
  readonly overall: Coverage;
  readonly byClass: readonly Coverage[];
  /** [n - 1]: lesions whose set holds n classes. */
  readonly setSizes: readonly number[];
}

/** How often the true class is in the set, on a part that had no say in the thresholds. */
export function conformalCoverage(data: LesionRows, thresholds: ConformalThresholds): ConformalCoverage {
  requireComplete(data);
  const sets = data.rows.map((row) => predictionSet(row, thresholds));
  const firsts = new Set(firstImages(data));
  const images = sets.map((set, i) => ({
    trueClass: data.trueClasses[i]!,
    size: set.length,
    isCovered: set.includes(data.trueClasses[i]!),
    isFirst: firsts.has(i),
  }));
  const setSizes = thresholds.byClass.map(() => 0);
  for (const { size, isFirst } of images) if (isFirst) setSizes[size - 1]! += 1;
  return {
    overall: coverageOf(images),
    byClass: thresholds.byClass.map((_, c) => coverageOf(images.filter(({ trueClass }) => trueClass === c))),
    setSizes,
  };
}

function coverageOf(images: readonly { size: number; isCovered: boolean; isFirst: boolean }[]): Coverage {
  const firsts = images.filter(({ isFirst }) => isFirst);
  const coveredLesions = firsts.filter(({ isCovered }) => isCovered).length;
  return {
    lesions: firsts.length,
    coveredLesions,
    share: clopperPearson(coveredLesions, firsts.length),
    images: images.length,
    coveredImages: images.filter(({ isCovered }) => isCovered).length,
    meanSetSize: firsts.length === 0 ? null : firsts.reduce((sum, { size }) => sum + size, 0) / firsts.length,
  };
}

function requireComplete({ rows, trueClasses, lesionIds }: LesionRows): void {
  if (rows.length !== trueClasses.length || rows.length !== lesionIds.length) {
    throw new RangeError(
      `each image needs a row, a true class and a lesion; received ${rows.length}, ${trueClasses.length} and ${lesionIds.length}`,
    );
  }
}
