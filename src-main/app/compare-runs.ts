/**
 * Whether two runs differ, on images that neither of them has seen. Pure; used by the host.
 *
 * Compared are the images in both test parts whose lesions neither run trained, validated or calibrated on. The
 * lesion bootstrap of the difference in balanced accuracy, stratified by class, leads; McNemar on one seeded image a
 * lesion stands beside it, since images of one lesion are not independent. Where a class has one lesion alone, the difference
 * has no interval and no p-value.
 */
import { AppError } from '../contract/errors.ts';
import type { Prediction, RunComparison } from '../contract/schema/evaluation.ts';
import { argMax } from '../numerics/confusion.ts';
import { createRandom } from '../numerics/random.ts';
import { mcnemar, pairedBootstrapDifference } from '../numerics/significance.ts';

export interface ComparedRun {
  readonly id: number;
  readonly classCodes: readonly string[];
  readonly testPredictions: readonly Prediction[];
  /** Lesions of the parts train, validation and calibration. */
  readonly usedLesions: ReadonlySet<string>;
}

interface Pair {
  readonly lesionId: string;
  readonly trueClass: number;
  readonly first: number;
  readonly second: number;
}

const BOOTSTRAP_SAMPLES = 2000;

/** First minus second. @throws AppError `bad-input` when the runs do not have the same classes. */
export function compareRuns(first: ComparedRun, second: ComparedRun, seed = 0): RunComparison {
  requireSameClasses(first, second);
  const shared = pairPredictions(first, second);
  const pairs = shared.filter(
    ({ lesionId }) => !first.usedLesions.has(lesionId) && !second.usedLesions.has(lesionId),
  );
  return {
    runs: [first.id, second.id],
    images: pairs.length,
    lesions: new Set(pairs.map(({ lesionId }) => lesionId)).size,
    excludedForLeakage: shared.length - pairs.length,
    balancedAccuracyDifference: bootstrapDifference(pairs, seed),
    mcnemar: mcnemarByLesion(pairs, seed),
  };
}

/** Images that both runs tested and whose diagnosis is known. */
function pairPredictions(first: ComparedRun, second: ComparedRun): Pair[] {
  const secondById = new Map(second.testPredictions.map((prediction) => [prediction.imageId, prediction]));
  return first.testPredictions.flatMap((one) => {
    const other = secondById.get(one.imageId);
    if (!other || one.trueClass === null || one.trueClass !== other.trueClass) return [];
    const pair = { first: argMax(one.probabilities), second: argMax(other.probabilities) };
    return [{ ...pair, lesionId: one.lesionId, trueClass: one.trueClass }];
  });
}

function bootstrapDifference(
  pairs: readonly Pair[],
  seed: number,
): RunComparison['balancedAccuracyDifference'] {
  const difference = pairedBootstrapDifference({
    trueClasses: pairs.map(({ trueClass }) => trueClass),
    groups: pairs.map(({ lesionId }) => lesionId),
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
  return [...classes.values()].some((images) => new Set(images.map(({ lesionId }) => lesionId)).size < 2);
}

function mcnemarByLesion(pairs: readonly Pair[], seed: number): RunComparison['mcnemar'] {
  const random = createRandom(seed);
  const lesions = Map.groupBy(pairs, ({ lesionId }) => lesionId);
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
