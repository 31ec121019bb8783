/**
 * Whether two runs differ, on images that neither of them has seen. Pure; used by the host.
 *
 * Compared are the images in both test parts whose lesions neither run trained, validated or calibrated on; lesions that share
 * a picture (exact or near duplicates, as the import found them) count as one, as they do when a split is made. The
 * lesion bootstrap of the difference in balanced accuracy, stratified by class, leads; McNemar on one seeded image a
 * lesion stands beside it, since images of one lesion are not independent. Where a class has one lesion alone, the difference
 * has no interval and no p-value.
 */
import { AppError } from '../contract/errors.ts';
import type { Prediction, RunComparison } from '../contract/schema/evaluation.ts';
import { finish, type InParts } from '../numerics/bootstrap.ts';
import { argMax } from '../numerics/confusion.ts';
import { createRandom } from '../numerics/random.ts';
import { mcnemar, pairedBootstrapInParts } from '../numerics/significance.ts';
import { unionGroups } from '../numerics/split.ts';

export interface ComparedRun {
  readonly id: number;
  readonly classCodes: readonly string[];
  readonly testPredictions: readonly Prediction[];
  /** Lesions of the parts train, validation and calibration. */
  readonly usedLesions: ReadonlySet<string>;
  /** Lesions with pictures of one another, each list to be counted as one lesion. */
  readonly sameLesions: readonly (readonly string[])[];
}

interface SharedImage {
  readonly lesionId: string;
  readonly trueClass: number;
  readonly first: number;
  readonly second: number;
}

interface Pair extends SharedImage {
  /** The same number for lesions that count as one. */
  readonly lesion: number;
}

const BOOTSTRAP_SAMPLES = 2000;

/** First minus second. @throws AppError `bad-input` when the runs do not have the same classes. */
export function compareRuns(first: ComparedRun, second: ComparedRun, seed = 0): RunComparison {
  return finish(compareInParts(first, second, seed));
}

/** The host answers others in between. @throws as `compareRuns` */
export function* compareInParts(first: ComparedRun, second: ComparedRun, seed = 0): InParts<RunComparison> {
  requireSameClasses(first, second);
  const shared = pairPredictions(first, second);
  const lesionOf = joinLesions(shared, first, second);
  const used = new Set([...first.usedLesions, ...second.usedLesions].map(lesionOf));
  const pairs = shared
    .map((pair) => ({ ...pair, lesion: lesionOf(pair.lesionId) }))
    .filter(({ lesion }) => !used.has(lesion));
  return {
    runs: [first.id, second.id],
    images: pairs.length,
    lesions: new Set(pairs.map(({ lesion }) => lesion)).size,
    excludedForLeakage: shared.length - pairs.length,
    balancedAccuracyDifference: yield* bootstrapDifference(pairs, seed),
    mcnemar: mcnemarByLesion(pairs, seed),
  };
}

/** Images that both runs tested and whose diagnosis is known. */
function pairPredictions(first: ComparedRun, second: ComparedRun): SharedImage[] {
  const secondById = new Map(second.testPredictions.map((prediction) => [prediction.imageId, prediction]));
  return first.testPredictions.flatMap((one) => {
    const other = secondById.get(one.imageId);
    if (!other || one.trueClass === null || one.trueClass !== other.trueClass) return [];
    const pair = { first: argMax(one.probabilities), second: argMax(other.probabilities) };
    return [{ ...pair, lesionId: one.lesionId, trueClass: one.trueClass }];
  });
}

/** A number for each lesion of either run, the same for those that count as one. */
function joinLesions(
  shared: readonly SharedImage[],
  first: ComparedRun,
  second: ComparedRun,
): (lesionId: string) => number {
  const same = [...first.sameLesions, ...second.sameLesions];
  const known = [...first.usedLesions, ...second.usedLesions, ...shared.map(({ lesionId }) => lesionId)];
  const lesions = [...new Set([...known, ...same.flat()])];
  const indexOf = new Map(lesions.map((lesionId, index) => [lesionId, index]));
  const links = same.flatMap(([one, ...others]) =>
    others.map((other) => [indexOf.get(one!)!, indexOf.get(other)!] as const),
  );
  const numbers = unionGroups(lesions, links);
  return (lesionId) => numbers[indexOf.get(lesionId)!]!;
}

function* bootstrapDifference(
  pairs: readonly Pair[],
  seed: number,
): InParts<RunComparison['balancedAccuracyDifference']> {
  const difference = yield* pairedBootstrapInParts({
    trueClasses: pairs.map(({ trueClass }) => trueClass),
    groups: pairs.map(({ lesion }) => lesion),
    firstPredicted: pairs.map((pair) => pair.first),
    secondPredicted: pairs.map((pair) => pair.second),
    samples: BOOTSTRAP_SAMPLES,
    seed,
  });
  // a class with one lesion gives the same in every sample: an interval would be too narrow, a p-value too small
  return hasLoneLesion(pairs) ? { ...difference, low: null, high: null, pValue: null } : difference;
}

function hasLoneLesion(pairs: readonly Pair[]): boolean {
  const classes = Map.groupBy(pairs, ({ trueClass }) => trueClass);
  return [...classes.values()].some((images) => new Set(images.map(({ lesion }) => lesion)).size < 2);
}

function mcnemarByLesion(pairs: readonly Pair[], seed: number): RunComparison['mcnemar'] {
  const random = createRandom(seed);
  const lesions = Map.groupBy(pairs, ({ lesion }) => lesion);
  const chosen = [...lesions.values()].map((images) => images[random.integer(images.length)]!);
  const result = mcnemar(
    chosen.map((pair) => pair.first === pair.trueClass),
    chosen.map((pair) => pair.second === pair.trueClass),
  );
  return { lesions: chosen.length, ...result, pValue: chosen.length === 0 ? null : result.pValue };
}

function requireSameClasses(first: ComparedRun, second: ComparedRun): void {
  if (first.classCodes.join('\n') === second.classCodes.join('\n')) return;
  throw new AppError(
    'bad-input',
    `Runs ${first.id} and ${second.id} have different classes ([${first.classCodes.join(', ')}] and [${second.classCodes.join(', ')}]) and cannot be compared.`,
  );
}
