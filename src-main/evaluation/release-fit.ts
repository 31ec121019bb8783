/**
 * All that a release's answers rest on, from a network's scores: the temperature, prediction sets, operating points and the limit of
 * what is like the training pictures. Plain data in and out.
 *
 * Two steps, and no way between them but frozen thresholds: `freezeRelease` is given the training and the calibration part,
 * `measureRelease` the test part, which it only counts on.
 *
 * A lesion of the calibration or the test part counts once, by its first image (by id). Images of a lesion are no independent trials,
 * one that was photographed often shall weigh no more than another, and what is asked later is one picture of one lesion. So counts
 * are lesions, and shares have exact binomial intervals over lesions (Clopper & Pearson 1934).
 */
import { type BinaryQuestion, binaryQuestions } from '../contract/binary-questions.ts';
import type { OPERATING_QUESTIONS } from '../contract/schema/clinical-answer.ts';
import type { ClassInfo } from '../contract/schema/dataset.ts';
import {
  CONFORMAL_LEVELS,
  type ReleasedConformal,
  type ReleasedDistance,
  type ReleasedOperatingPoint,
  type ReleaseFit,
  type ReleaseTargets,
} from '../contract/schema/release.ts';
import { percentile } from '../numerics/bootstrap.ts';
import {
  applyTemperature,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  type LabelledRows,
  logLoss,
  reliabilityBins,
} from '../numerics/calibration.ts';
import {
  type ConformalThresholds,
  conformalCoverage,
  firstImages,
  fitNestedConformal,
} from '../numerics/conformal.ts';
import { argMax } from '../numerics/confusion.ts';
import { binaryCounts, groupedScores } from '../numerics/operating-point.ts';
import {
  type DistanceLimit,
  distanceMeasure,
  type FeatureGaussian,
  fitDistanceLimit,
  fitFeatureDistribution,
  outsideShare,
} from '../numerics/out-of-distribution.ts';
import { thresholdForSensitivity } from '../numerics/ranking.ts';
import { clopperPearson } from '../numerics/significance.ts';

/** What a network gives for the images of a part, and what is known of them. */
export interface PartScores {
  readonly imageIds: readonly string[];
  readonly lesionIds: readonly string[];
  /** Into the model's classes. */
  readonly trueClasses: readonly number[];
  /** [image][class], before the softmax. */
  readonly logits: readonly (readonly number[])[];
  /** Row-major [image][feature]: those that tell a picture of the trained kind (models/features.ts, `kindFeatures`). */
  readonly features: Float32Array;
}

interface FrozenPoint extends Omit<ReleasedOperatingPoint, 'test'> {
  readonly isPositive: readonly boolean[];
}

/** Fitted; nothing of it changes any more. */
export interface FrozenRelease {
  readonly temperature: number;
  readonly conformal: readonly ConformalThresholds[];
  readonly operating: readonly FrozenPoint[];
  /** Of the training part's features; null: the energy is the measure. */
  readonly gaussian: FeatureGaussian | null;
  readonly limit: DistanceLimit;
}

/** A covariance of more takes minutes to factorise, and as many megabytes: the energy of the logits is the measure then. */
const MOST_FEATURES = 4096;

/**
 * @param parts calibration: images that neither training nor the choice of the model has seen
 * @throws RangeError without calibration images, for scores that are not finite, or features of which none varies
 */
export function freezeRelease(
  parts: { readonly train: PartScores; readonly calibration: PartScores },
  { classes, targets }: { readonly classes: readonly ClassInfo[]; readonly targets: ReleaseTargets },
): FrozenRelease {
  const calibration = oneImageALesion(parts.calibration);
  const temperature = temperatureFor(calibration);
  const calibrated = atTemperature(calibration, temperature);
  const gaussian = gaussianOf(parts.train, classes.length);
  return {
    temperature,
    conformal: fitNestedConformal(
      { ...calibration, ...calibrated },
      { levels: CONFORMAL_LEVELS, classCount: classes.length },
    ),
    operating: questionsFor(classes, targets).flatMap((asked) => freezePoint(asked, classes, calibrated)),
    gaussian,
    limit: fitDistanceLimit({ ...calibration, measures: measuresOf(calibration, gaussian) }, targets.inside),
  };
}

/** What the frozen thresholds do on lesions that had no say in them. */
export function measureRelease(frozen: FrozenRelease, part: PartScores): Omit<ReleaseFit, 'parts'> {
  const test = oneImageALesion(part);
  const calibrated = atTemperature(test, frozen.temperature);
  return {
    temperature: frozen.temperature,
    reliability: { before: reliabilityOf(atTemperature(test, 1)), after: reliabilityOf(calibrated) },
    conformal: frozen.conformal.map((thresholds) => measureSets(thresholds, { ...test, ...calibrated })),
    operating: frozen.operating.map((point) => measurePoint(point, calibrated)),
    distance: measureDistance(frozen, test),
  };
}

function oneImageALesion(part: PartScores): PartScores {
  const kept = firstImages(part);
  const dims = part.features.length / part.imageIds.length;
  const features = new Float32Array(kept.length * dims);
  kept.forEach((image, row) => {
    features.set(part.features.subarray(image * dims, (image + 1) * dims), row * dims);
  });
  return {
    imageIds: kept.map((image) => part.imageIds[image]!),
    lesionIds: kept.map((image) => part.lesionIds[image]!),
    trueClasses: kept.map((image) => part.trueClasses[image]!),
    logits: kept.map((image) => part.logits[image]!),
    features,
  };
}

/** Of a part that is right throughout, the sharper the better, without end: its scores stay as they are. */
function temperatureFor({ logits, trueClasses }: PartScores): number {
  const fitted = fitTemperature({ rows: logits, trueClasses });
  if (fitted === null) throw new RangeError('a temperature needs calibration images; received none');
  return logits.every((row, image) => argMax(row) === trueClasses[image]) ? 1 : fitted;
}

function atTemperature({ logits, trueClasses }: PartScores, temperature: number) {
  return { rows: logits.map((row) => applyTemperature(row, temperature)), trueClasses };
}

function gaussianOf({ features, trueClasses }: PartScores, classCount: number): FeatureGaussian | null {
  const featureCount = features.length / trueClasses.length;
  if (featureCount > MOST_FEATURES) return null;
  return fitFeatureDistribution({ features, featureCount, trueClasses, classCount });
}

function measuresOf({ logits, features }: PartScores, gaussian: FeatureGaussian | null): number[] {
  const dims = features.length / logits.length;
  return logits.map((row, image) =>
    distanceMeasure({ logits: row, features: features.subarray(image * dims, (image + 1) * dims) }, gaussian),
  );
}

interface AskedQuestion {
  readonly question: (typeof OPERATING_QUESTIONS)[number];
  readonly targetSensitivity: number;
  readonly isPositive: BinaryQuestion['isPositive'];
}

/** Those that the classes allow: malignant where every class is marked and both kinds are there, melanoma where it is a class. */
function questionsFor(classes: readonly ClassInfo[], targets: ReleaseTargets): AskedQuestion[] {
  const asked = { malignant: targets.malignantSensitivity, 'class:mel': targets.melanomaSensitivity };
  const names = { malignant: 'malignant', 'class:mel': 'melanoma' } as const;
  const allowed = new Map(binaryQuestions(classes).map(({ id, isPositive }) => [id, isPositive]));
  return (['malignant', 'class:mel'] as const).flatMap((id) => {
    const isPositive = allowed.get(id);
    return isPositive ? [{ question: names[id], targetSensitivity: asked[id], isPositive }] : [];
  });
}

/** The highest threshold whose sensitivity reaches the target; none where the part has no positive, or no negative, lesion. */
function freezePoint(
  { question, targetSensitivity, isPositive }: AskedQuestion,
  classes: readonly ClassInfo[],
  calibrated: LabelledRows,
): FrozenPoint[] {
  const data = groupedScores(calibrated, isPositive);
  const point = thresholdForSensitivity(data, targetSensitivity);
  if (point === null) return [];
  const positive = data.positive.filter(Boolean).length;
  return [
    {
      question,
      codes: classes.flatMap(({ code }, index) => (isPositive[index] ? [code] : [])),
      targetSensitivity,
      threshold: Math.min(1, point.threshold!),
      calibration: {
        positive,
        negative: data.positive.length - positive,
        sensitivity: point.sensitivity!,
        specificity: point.specificity,
      },
      isPositive,
    },
  ];
}

function measurePoint(
  { isPositive, ...point }: FrozenPoint,
  calibrated: LabelledRows,
): ReleasedOperatingPoint {
  const counts = binaryCounts(groupedScores(calibrated, isPositive), point.threshold);
  const positive = counts.truePositives + counts.falseNegatives;
  const negative = counts.trueNegatives + counts.falsePositives;
  return {
    ...point,
    test: {
      positive,
      negative,
      sensitivity: clopperPearson(counts.truePositives, positive),
      specificity: clopperPearson(counts.trueNegatives, negative),
    },
  };
}

function measureSets(
  thresholds: ConformalThresholds,
  test: Parameters<typeof conformalCoverage>[0],
): ReleasedConformal {
  const { overall, byClass, setSizes } = conformalCoverage(test, thresholds);
  const { lesions, coveredLesions, share, meanSetSize } = overall;
  return {
    level: thresholds.level,
    marginal: { ...thresholds.marginal },
    byClass: thresholds.byClass.map((threshold) => ({ ...threshold })),
    onTest: {
      overall: { lesions, coveredLesions, share, meanSetSize },
      byClass: byClass.map((own) => ({
        lesions: own.lesions,
        coveredLesions: own.coveredLesions,
        share: own.share,
      })),
      setSizes: [...setSizes],
    },
  };
}

function measureDistance({ gaussian, limit }: FrozenRelease, test: PartScores): ReleasedDistance {
  return {
    method: gaussian ? 'feature-distance' : 'energy',
    inside: limit.inside,
    limit: limit.limit,
    calibration: Array.from({ length: 101 }, (_, hundredth) =>
      percentile(limit.calibration, hundredth / 100),
    ),
    outsideOnTest: outsideShare({ ...test, measures: measuresOf(test, gaussian) }, limit),
    featureCount: gaussian ? gaussian.featureCount : null,
    whitenedMeans: gaussian ? gaussian.whitenedMeans.length / gaussian.featureCount : null,
  };
}

function reliabilityOf(data: LabelledRows) {
  return {
    ece: expectedCalibrationError(reliabilityBins(data)),
    brier: brierScore(data),
    logLoss: logLoss(data),
  };
}
