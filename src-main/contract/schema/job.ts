/** What jobs take and give that is no record of its own: progress, checks, outcomes. Pure (zod only). */
import { z } from 'zod';
import { CleaningReport, PROBLEM_KINDS, SPLIT_PARTS, Split } from './dataset.ts';
import { EvaluationReport, Prediction } from './evaluation.ts';
import { Artifact } from './run.ts';

const count = z.number().int().nonnegative();

/** Of anything that goes through items one by one; at most ten times a second. */
export const ItemProgress = z.object({
  done: count,
  total: count,
  remainingMs: z.number().nullable(),
});
export type ItemProgress = z.infer<typeof ItemProgress>;

/** An import that is under way, whichever window began it. */
export const DatasetImport = z.object({
  /** The folder that is read. */
  root: z.string(),
  /** True for the demo images, which are drawn first. */
  synthetic: z.boolean(),
  /** Null until the first image has been read. */
  progress: ItemProgress.nullable(),
});
export type DatasetImport = z.infer<typeof DatasetImport>;

/** Images that belong together and lie in more than one part of a split. */
export const Straddle = z.object({
  kind: z.enum(['lesion', 'exact-duplicate', 'near-duplicate']),
  imageIds: z.array(z.string()),
  parts: z.array(z.enum(SPLIT_PARTS)),
});
export type Straddle = z.infer<typeof Straddle>;

/** What a run with these cleaning rules and this split would train and be tested on. */
export const DatasetCheck = z.object({
  cleaning: CleaningReport,
  problems: z.partialRecord(z.enum(PROBLEM_KINDS), count),
  parts: z.array(
    z.object({
      part: z.enum(SPLIT_PARTS),
      images: count,
      lesions: count,
      /** In the order of the dataset's classes. */
      classCounts: z.array(count),
    }),
  ),
  straddles: z.array(Straddle),
  /** What a reader of such a run's numbers must know. */
  warnings: z.array(z.string()),
});
export type DatasetCheck = z.infer<typeof DatasetCheck>;

/** What a run keeps from its start on: files may be changed before its turn comes, and a run that is killed has no end at which to tell its split. */
export const CheckedRun = z.object({
  /** The files that an own model is made of. */
  modelFiles: z.array(z.string().min(1)),
  /** With what a reader of the run's numbers must know of it. */
  split: z.object({ split: Split, warnings: z.array(z.string()) }),
});
export type CheckedRun = z.infer<typeof CheckedRun>;

export const PartPredictions = z.object({ part: z.string(), predictions: z.array(Prediction) });
export type PartPredictions = z.infer<typeof PartPredictions>;

/** What a training job gives when it ends on its own or on request. */
export const TrainingOutcome = z.object({
  status: z.enum(['completed', 'cancelled']),
  epochsDone: count,
  bestEpoch: z.number().int().positive().nullable(),
  trainingMs: z.number().nonnegative(),
  report: EvaluationReport.nullable(),
  predictions: z.array(PartPredictions),
  artifacts: z.array(Artifact),
});
export type TrainingOutcome = z.infer<typeof TrainingOutcome>;

export const EvaluationOutcome = z.object({
  report: EvaluationReport,
  predictions: z.array(Prediction),
});
export type EvaluationOutcome = z.infer<typeof EvaluationOutcome>;

/** The answer for one picture; a picture that cannot be read has an error and no probabilities. */
export const ImageAnswer = z.object({
  path: z.string(),
  /** In the order of the classes; null when the picture cannot be read. */
  probabilities: z.array(z.number().min(0).max(1)).nullable(),
  error: z.string().nullable(),
});
export type ImageAnswer = z.infer<typeof ImageAnswer>;

export const Classification = z.object({
  classes: z.array(z.object({ code: z.string(), name: z.string(), malignant: z.boolean().nullable() })),
  answers: z.array(ImageAnswer),
});
export type Classification = z.infer<typeof Classification>;

export const EXPORT_FORMATS = ['keras', 'h5', 'tfjs'] as const;
export const ExportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const ExportedFile = z.object({ path: z.string(), bytes: count });
export type ExportedFile = z.infer<typeof ExportedFile>;
