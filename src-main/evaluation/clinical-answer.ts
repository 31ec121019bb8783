/**
 * From what a network and the measures of a picture say to the answer that a clinician reads. Runs in the worker; plain data only.
 *
 * Every threshold and every figure on test is the release's own. A picture that is not like those the model knows, or no close-up of
 * skin, gets no diagnosis: the set holds every class and no operating point is answered.
 */
import type {
  AnsweringModel,
  ClinicalAnswer,
  HeatMap,
  OperatingAnswer,
  OutOfDistribution,
  PredictionSet,
  QualityFinding,
} from '../contract/schema/clinical-answer.ts';
import type { Release, ReleasedConformal, ReleasedDistance } from '../contract/schema/release.ts';
import { applyTemperature } from '../numerics/calibration.ts';
import { predictionSet } from '../numerics/conformal.ts';
import { testTimeAgreement } from '../numerics/test-time-agreement.ts';

export interface PictureMeasures {
  /** Raw logits of the picture as it is, then of each other view: [view][class]. */
  readonly logits: readonly ArrayLike<number>[];
  /** Energy or feature distance, by the release's method. */
  readonly distance: number;
  readonly quality: readonly QualityFinding[];
  readonly heatMaps: readonly HeatMap[] | null;
  readonly similarByClass: readonly number[] | null;
  /** What else speaks against the picture, of its file for instance. */
  readonly warnings: readonly string[];
}

/** Of the views, this share must have the answer's class, or it is warned of. */
const AGREEING_SHARE = 0.75;

/**
 * @param level one of the release's
 * @returns the answer at that level, and the set at each level of the release
 * @throws RangeError for a level that the release does not have
 */
export function composeAnswer(
  { model, release }: { readonly model: AnsweringModel; readonly release: Release },
  level: number,
  measures: PictureMeasures,
  answeredAt: string,
): { answer: ClinicalAnswer; sets: PredictionSet[] } {
  const { fit, classes } = release;
  const rows = measures.logits.map((logits) => applyTemperature(logits, fit.temperature));
  const probabilities = rows[0]!.map((value) => Math.min(1, value));
  const outOfDistribution = judgeDistance(measures.distance, fit.distance);
  const isNoCloseUp = measures.quality.some(({ kind }) => kind === 'not-a-close-up');
  const isWithheld = outOfDistribution.isOutside || isNoCloseUp;
  const sets = fit.conformal.map((conformal) => setOf(probabilities, conformal, isWithheld));
  const chosen = sets.find((set) => set.level === level);
  if (!chosen) {
    throw new RangeError(
      `the model has sets at the levels ${sets.map((set) => set.level).join(', ')}; received ${level}`,
    );
  }
  const agreement = rows.length > 1 ? viewAgreement(rows) : null;
  const answer: ClinicalAnswer = {
    formatVersion: 1,
    answeredAt,
    model: { ...model },
    classes: [...classes],
    probabilities,
    predictionSet: chosen,
    operating: isWithheld ? [] : operatingAnswers(probabilities, release),
    outOfDistribution,
    quality: [...measures.quality],
    agreement,
    similarByClass: measures.similarByClass && [...measures.similarByClass],
    heatMaps: measures.heatMaps && [...measures.heatMaps],
    isWithheld,
    warnings: [
      ...measures.quality.map(({ message }) => message),
      ...distanceWarnings(outOfDistribution, fit.distance),
      ...agreementWarnings(agreement),
      ...(release.evidence.dataset.synthetic
        ? ['This model has seen drawn images alone: nothing that it says is about skin.']
        : []),
      ...measures.warnings,
    ],
  };
  return { answer, sets };
}

function judgeDistance(value: number, { method, limit }: ReleasedDistance): OutOfDistribution {
  return { method, value, limit, isOutside: limit !== null && value > limit };
}

function setOf(
  probabilities: readonly number[],
  { level, byClass, onTest }: ReleasedConformal,
  holdsAll: boolean,
): PredictionSet {
  const included = new Set(predictionSet(probabilities, { byClass }));
  return {
    level,
    members: byClass.map(({ kind }, index) => {
      const { coveredLesions, lesions } = onTest.byClass[index]!;
      return {
        isIncluded: holdsAll || included.has(index),
        kind,
        onTest: lesions > 0 ? { covered: coveredLesions, lesions } : null,
      };
    }),
  };
}

function operatingAnswers(probabilities: readonly number[], { classes, fit }: Release): OperatingAnswer[] {
  return fit.operating.map(({ question, codes, threshold, targetSensitivity, test }) => {
    const share = classes.reduce(
      (sum, { code }, index) => (codes.includes(code) ? sum + probabilities[index]! : sum),
      0,
    );
    return {
      question,
      share: Math.min(1, share),
      threshold,
      isPositive: share >= threshold,
      targetSensitivity,
      sensitivityOnTest: test.sensitivity,
      specificityOnTest: test.specificity,
    };
  });
}

function viewAgreement(rows: readonly ArrayLike<number>[]): ClinicalAnswer['agreement'] {
  const { versions, mean, deviation, agreeing } = testTimeAgreement(rows);
  return {
    views: versions,
    mean: mean.map((value) => Math.min(1, value)),
    spread: [...deviation],
    agreeing,
  };
}

function distanceWarnings({ isOutside }: OutOfDistribution, { inside }: ReleasedDistance): string[] {
  if (!isOutside) return [];
  return [
    `The picture is not like those that the model knows: farther from them than ${percent(inside)} of the lesions that its limit was chosen on.`,
  ];
}

function agreementWarnings(agreement: ClinicalAnswer['agreement']): string[] {
  if (!agreement || agreement.agreeing >= AGREEING_SHARE * agreement.views) return [];
  const { agreeing, views } = agreement;
  return [
    `The answer depends on how the picture lies: turned and mirrored, only ${agreeing} of ${views} views ${agreeing === 1 ? 'has' : 'have'} the same most probable class.`,
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
