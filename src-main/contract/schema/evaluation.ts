/**
 * What comes out of a model on a labelled part. Pure (zod only). An undefined figure is null, never 0;
 * every figure goes with its n. Intervals are 95 % bootstrap percentiles over lesions, drawn within each class.
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);

/** A figure with its interval; all null when undefined, the interval alone when lesions are too few or all alike. */
export const Estimate = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Estimate = z.infer<typeof Estimate>;

export const ClassScores = z.object({
  code: z.string(),
  support: count,
  precision: fraction.nullable(),
  recall: fraction.nullable(),
  /** Low and high of `recall`. */
  recallInterval: z.tuple([fraction, fraction]).nullable(),
  specificity: fraction.nullable(),
  f1: fraction.nullable(),
  rocAuc: fraction.nullable(),
  averagePrecision: fraction.nullable(),
});
export type ClassScores = z.infer<typeof ClassScores>;

/** Means over classes that have the figure; null when none has. */
export const MeanScores = z.object({
  precision: fraction.nullable(),
  recall: fraction.nullable(),
  specificity: fraction.nullable(),
  f1: fraction.nullable(),
  rocAuc: fraction.nullable(),
  averagePrecision: fraction.nullable(),
});
export type MeanScores = z.infer<typeof MeanScores>;

/** ECE of the top label in 15 equal-width bins (Guo et al. 2017); Brier summed over classes (Brier 1950). */
export const CalibrationScores = z.object({
  ece: fraction.nullable(),
  brier: z.number().min(0).max(2).nullable(),
  bins: z.array(
    z.object({
      low: fraction,
      high: fraction,
      count,
      meanConfidence: fraction.nullable(),
      accuracy: fraction.nullable(),
    }),
  ),
});
export type CalibrationScores = z.infer<typeof CalibrationScores>;

/** The highest sensitivity of a threshold whose specificity is at least the one wanted. */
export const SensitivityAtSpecificity = z.object({
  /** The one wanted. */
  specificity: fraction,
  sensitivity: fraction.nullable(),
  /** Called positive when the probability is at least this; null where only calling nothing positive is specific enough. */
  threshold: z.number().nullable(),
});
export type SensitivityAtSpecificity = z.infer<typeof SensitivityAtSpecificity>;

/** Low and high; null where the figure is undefined, where lesions are too few or all alike, or where the interval would miss its figure. */
const Interval = z.tuple([z.number(), z.number()]).nullable();
export type Interval = z.infer<typeof Interval>;

const ScoreIntervals = z.object({
  precision: Interval,
  specificity: Interval,
  f1: Interval,
  rocAuc: Interval,
  averagePrecision: Interval,
});

/**
 * Intervals of the figures of a part beside accuracy, balanced accuracy (the macro mean of the recalls) and the recalls,
 * which carry their own. Drawing again leaves more noise in a bin than the images have, so ECE comes out higher in the
 * samples than it is: near 0 its interval can miss it, and is then null.
 */
export const PartIntervals = z.object({
  /** Null where the loss is not the log loss of the kept probabilities. */
  loss: Interval,
  ece: Interval,
  brier: Interval,
  macro: ScoreIntervals,
  weighted: ScoreIntervals.extend({ recall: Interval }),
  /** In the order of `perClass`. */
  perClass: z.array(ScoreIntervals),
  /** In the order of `melanomaSensitivity`; empty where the class list has no `mel`. */
  melanomaSensitivity: z.array(Interval),
});
export type PartIntervals = z.infer<typeof PartIntervals>;

export const PartReport = z.object({
  part: z.string(),
  images: count,
  lesions: count,
  loss: z.number().nullable(),
  accuracy: Estimate,
  balancedAccuracy: Estimate,
  macro: MeanScores,
  weighted: MeanScores,
  perClass: z.array(ClassScores),
  /** [true class][predicted class], counts. */
  confusion: z.array(z.array(count)),
  calibration: CalibrationScores,
  /** Melanoma against the rest; null where the class list has no `mel`. */
  melanomaSensitivity: z.array(SensitivityAtSpecificity).nullable(),
  /** Null without bootstrap samples, and in reports of versions that did not make them. */
  intervals: PartIntervals.nullable().default(null),
});
export type PartReport = z.infer<typeof PartReport>;

/** What a part has, of some of its patients; null where a report of an earlier version did not make it. */
export const SubgroupScores = z.object({
  variable: z.enum(['sex', 'age', 'site', 'dx-type']),
  value: z.string(),
  images: count,
  lesions: count,
  accuracy: Estimate,
  balancedAccuracy: Estimate,
  perClass: z.array(ClassScores),
  /** Mean log loss of the probabilities. */
  loss: PartReport.shape.loss.default(null),
  macro: MeanScores.nullable().default(null),
  weighted: MeanScores.nullable().default(null),
  confusion: PartReport.shape.confusion.nullable().default(null),
  calibration: CalibrationScores.nullable().default(null),
  melanomaSensitivity: PartReport.shape.melanomaSensitivity.default(null),
  intervals: PartReport.shape.intervals,
});
export type SubgroupScores = z.infer<typeof SubgroupScores>;

/** Images of a set that its figures say nothing of. */
export const LeftOutImages = z.object({
  /** Of classes that the model does not know, left out because that was asked for. */
  unknownClasses: z.array(z.object({ code: z.string(), images: count })),
  /** Ids of images that cannot be read, or whose file has changed since the import. */
  unreadable: z.array(z.string()),
});
export type LeftOutImages = z.infer<typeof LeftOutImages>;

export const EvaluationReport = z.object({
  formatVersion: z.literal(1),
  classes: z.array(z.object({ code: z.string(), name: z.string(), malignant: z.boolean().nullable() })),
  bootstrapSamples: count,
  parts: z.array(PartReport),
  /** Of the test part (or of the one part evaluated). */
  subgroups: z.array(SubgroupScores),
  /** Of a test on another set; absent where no image was left out. */
  leftOut: LeftOutImages.optional(),
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** One kept prediction: enough for every later view and comparison without a rerun. */
export const Prediction = z.object({
  imageId: z.string(),
  lesionId: z.string(),
  trueClass: count.nullable(),
  probabilities: z.array(fraction),
});
export type Prediction = z.infer<typeof Prediction>;

/** The two comparisons of `lab runs compare`; every field null where the overlap allows none. */
export const RunComparison = z.object({
  runs: z.tuple([z.number().int(), z.number().int()]),
  images: count,
  lesions: count,
  excludedForLeakage: count,
  balancedAccuracyDifference: Estimate.extend({ pValue: fraction.nullable() }),
  mcnemar: z.object({
    lesions: count,
    onlyFirstRight: count,
    onlySecondRight: count,
    pValue: fraction.nullable(),
  }),
});
export type RunComparison = z.infer<typeof RunComparison>;
