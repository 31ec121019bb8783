/**
 * What the clinician's classifier answers for one picture: the one description that classifier, cases, report and window share.
 * Pure (zod only).
 *
 * Probabilities are calibrated and, like every list a class, in the order of `classes`. Shares and probabilities are relative to
 * the case mix of the training data, never a patient's risk. Figures "on test" were measured once, on lesions that no part of the
 * fitting had seen. A figure that there is none of is null.
 */
import { z } from 'zod';
import { ClassInfo } from './dataset.ts';
import { Estimate } from './evaluation.ts';

const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Which released model answered. */
export const AnsweringModel = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  /** SHA-256 of the released file. */
  hash: sha256,
});
export type AnsweringModel = z.infer<typeof AnsweringModel>;

/**
 * One class of the conformal prediction set. `class-conditional` where the calibration part had enough lesions of the class for the level,
 * else `marginal`: the level then holds over all classes together, not for this one.
 */
export const SetMember = z.object({
  isIncluded: z.boolean(),
  kind: z.enum(['class-conditional', 'marginal']),
  /** "On test, this class was in its set in `covered` of `lesions` lesions"; null where test had none of it. */
  onTest: z.object({ covered: count, lesions: count }).nullable(),
});
export type SetMember = z.infer<typeof SetMember>;

export const PredictionSet = z.object({
  /** The share of lesions whose set should have their true class, 0.9 for instance. */
  level: z.number().gt(0).lt(1),
  /** One a class. */
  members: z.array(SetMember),
});
export type PredictionSet = z.infer<typeof PredictionSet>;

export const OPERATING_QUESTIONS = ['malignant', 'melanoma'] as const;

/** The sum of some classes' probabilities against a threshold that was fitted on the calibration part. */
export const OperatingAnswer = z.object({
  question: z.enum(OPERATING_QUESTIONS),
  share: fraction,
  /** At or above it the answer is positive. */
  threshold: fraction,
  isPositive: z.boolean(),
  /** What the threshold was chosen for. */
  targetSensitivity: fraction,
  /** What it then had on test, with intervals over lesions. */
  sensitivityOnTest: Estimate,
  specificityOnTest: Estimate,
});
export type OperatingAnswer = z.infer<typeof OperatingAnswer>;

/** How far the picture is from those that the model was fitted on; the threshold is from the calibration part. */
export const OutOfDistribution = z.object({
  method: z.enum(['energy', 'feature-distance']),
  value: z.number(),
  /** A larger value is outside; null: the calibration part had too few lesions for one. */
  limit: z.number().nullable(),
  isOutside: z.boolean(),
});
export type OutOfDistribution = z.infer<typeof OutOfDistribution>;

/** In the order in which they are told. */
export const QUALITY_KINDS = [
  'too-small',
  'blurred',
  'too-dark',
  'too-bright',
  'not-a-close-up',
  'hair',
] as const;
export type QualityKind = (typeof QUALITY_KINDS)[number];

/** Something about the picture itself that makes an answer doubtful. */
export const QualityFinding = z.object({
  kind: z.enum(QUALITY_KINDS),
  /** Measured, and what it should have been at least or at most. */
  value: z.number(),
  limit: z.number(),
  /** In plain words. */
  message: z.string().min(1),
});
export type QualityFinding = z.infer<typeof QualityFinding>;

/** Answers for the same picture flipped and turned; both lists one a class. */
export const ViewAgreement = z.object({
  views: z.number().int().min(2),
  mean: z.array(fraction),
  /** Standard deviation over the views. */
  spread: z.array(z.number().nonnegative()),
  /** How many views have the most probable class of the answer. */
  agreeing: count,
});
export type ViewAgreement = z.infer<typeof ViewAgreement>;

/** Grad-CAM of one class: a small map over the whole picture, to be enlarged onto it. */
export const HeatMap = z.object({
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  /** Row-major; all 0 where nothing in the picture speaks for the class. */
  values: z.array(fraction),
});
export type HeatMap = z.infer<typeof HeatMap>;

const AnswerFields = z.object({
  formatVersion: z.literal(1),
  /** ISO 8601. */
  answeredAt: z.iso.datetime(),
  model: AnsweringModel,
  classes: z.array(ClassInfo).min(2),
  probabilities: z.array(fraction),
  predictionSet: PredictionSet,
  /** Empty where the classes allow no such question. */
  operating: z.array(OperatingAnswer),
  outOfDistribution: OutOfDistribution,
  /** Empty: nothing was found. */
  quality: z.array(QualityFinding),
  agreement: ViewAgreement.nullable(),
  /** Of the most similar training images, how many have each class; null where no training images are at hand. */
  similarByClass: z.array(count).nullable(),
  /** One a class; null for a network without convolutions. */
  heatMaps: z.array(HeatMap).nullable(),
  /**
   * True where the picture is not like those that the model knows, or shows no close-up of skin: no diagnosis is given then. The set
   * holds every class, no operating answer is shown; the probabilities are what the network computed all the same.
   */
  isWithheld: z.boolean(),
  /** All that speaks against trusting the answer, in plain words; empty: nothing was found. */
  warnings: z.array(z.string().min(1)),
});

/** How far calibrated probabilities may be from a sum of 1 (float32 on the way). */
const SUM_TOLERANCE = 1e-3;

export const ClinicalAnswer = AnswerFields.superRefine((answer, context) => {
  const wrong = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message, input: answer });
  const lists: Readonly<Record<string, readonly unknown[] | undefined>> = {
    probabilities: answer.probabilities,
    predictionSet: answer.predictionSet.members,
    agreement: answer.agreement?.mean,
    'agreement.spread': answer.agreement?.spread,
    similarByClass: answer.similarByClass ?? undefined,
    heatMaps: answer.heatMaps ?? undefined,
  };
  for (const [path, list] of Object.entries(lists)) {
    if (list && list.length !== answer.classes.length) {
      wrong(path, `has ${list.length} entries for ${answer.classes.length} classes`);
    }
  }
  const sum = answer.probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) wrong('probabilities', `sum to ${sum}, not to 1`);
});
export type ClinicalAnswer = z.infer<typeof ClinicalAnswer>;

/** Index of the most probable class. */
export function predictedIndex({ probabilities }: Pick<ClinicalAnswer, 'probabilities'>): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
