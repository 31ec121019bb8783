/** A training run as it is remembered: configuration, environment, status, epochs, artifacts. Pure (zod only). */
import { z } from 'zod';
import { TrainingConfig } from './config.ts';

/**
 * queued → running → completed | cancelled | failed; `interrupted` is what a run that was `running` becomes when
 * its process is found dead. cancelled, failed and interrupted runs with a checkpoint can be resumed.
 */
export const RUN_STATUSES = ['queued', 'running', 'completed', 'cancelled', 'failed', 'interrupted'] as const;
export const RunStatus = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof RunStatus>;

/** Which status may follow which; the database refuses every other change. Back to `queued` is a resume. */
export const RUN_TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'cancelled', 'failed', 'interrupted'],
  running: ['completed', 'cancelled', 'failed', 'interrupted'],
  completed: [],
  cancelled: ['queued'],
  failed: ['queued'],
  interrupted: ['queued'],
};

/** Enough to know on what a number was made. */
export const Environment = z.object({
  appVersion: z.string(),
  /** Commit of the checkout, or null outside one; `-dirty` appended when files were changed. */
  codeVersion: z.string().nullable(),
  nodeVersion: z.string(),
  tensorflowVersion: z.string(),
  tfjsVersion: z.string(),
  platform: z.string(),
  processor: z.string(),
  device: z.enum(['cpu', 'gpu']),
  deviceName: z.string(),
  intraOpThreads: z.number().int().positive(),
  interOpThreads: z.number().int().positive(),
});
export type Environment = z.infer<typeof Environment>;

/**
 * Loss and accuracies of one part after one epoch. Balanced accuracy is the mean recall over the classes that have
 * samples (`numerics/confusion.ts`); null when there is no sample at all.
 */
export const EpochScores = z.object({
  loss: z.number(),
  accuracy: z.number(),
  balancedAccuracy: z.number().nullable(),
});
export type EpochScores = z.infer<typeof EpochScores>;

export const EpochRecord = z.object({
  /** From 1. */
  epoch: z.number().int().positive(),
  train: EpochScores,
  validation: EpochScores.nullable(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  elapsedMs: z.number(),
  /** Whether this epoch is the best so far by the run's monitor. */
  best: z.boolean(),
});
export type EpochRecord = z.infer<typeof EpochRecord>;

/** Sent at most ten times a second while a run trains. */
export const TrainingProgress = z.object({
  phase: z.enum(['preparing', 'training', 'paused', 'validating', 'evaluating', 'saving']),
  epoch: z.number().int().nonnegative(),
  epochs: z.number().int().positive(),
  step: z.number().int().nonnegative(),
  steps: z.number().int().nonnegative(),
  loss: z.number().nullable(),
  accuracy: z.number().nullable(),
  balancedAccuracy: z.number().nullable(),
  learningRate: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  /** Estimated from what has been done; null until there is something to estimate from. */
  remainingMs: z.number().nullable(),
  residentBytes: z.number().int().nonnegative(),
  tensors: z.number().int().nonnegative(),
});
export type TrainingProgress = z.infer<typeof TrainingProgress>;

export const ARTIFACT_KINDS = [
  'model',
  'checkpoint',
  'best-weights',
  'predictions',
  'report',
  'split',
  /** What an own model was read from, as it was when the run was started. */
  'model-file',
] as const;
export const Artifact = z.object({
  kind: z.enum(ARTIFACT_KINDS),
  /** Relative to the run's folder. */
  path: z.string(),
  sha256: z.string().length(64),
  bytes: z.number().int().nonnegative(),
});
export type Artifact = z.infer<typeof Artifact>;

export const RunRecord = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  datasetId: z.number().int().positive(),
  datasetHash: z.string(),
  config: TrainingConfig,
  environment: Environment.nullable(),
  status: RunStatus,
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** What a reader of the numbers must know: split by image, from-scratch backbone, class absent, synthetic data. */
  warnings: z.array(z.string()),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  epochsDone: z.number().int().nonnegative(),
  bestEpoch: z.number().int().positive().nullable(),
  /** Headline figures of the report, null until there is one. */
  testBalancedAccuracy: z.number().nullable(),
  testAccuracy: z.number().nullable(),
  validationBalancedAccuracy: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
  trainingMs: z.number().nullable(),
  notes: z.string(),
  tags: z.array(z.string()),
  starred: z.boolean(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** A row of the run list: the headline of a RunRecord, without what is long to read (thousands are listed). */
export const RunSummary = RunRecord.pick({
  id: true,
  name: true,
  datasetId: true,
  status: true,
  createdAt: true,
  endedAt: true,
  epochsDone: true,
  bestEpoch: true,
  testBalancedAccuracy: true,
  testAccuracy: true,
  validationBalancedAccuracy: true,
  validationAccuracy: true,
  trainingMs: true,
  notes: true,
  tags: true,
  starred: true,
}).extend({
  datasetName: z.string(),
  synthetic: z.boolean(),
  model: z.string(),
  splitMethod: TrainingConfig.shape.splitMethod,
  classWeights: TrainingConfig.shape.classWeights,
  learningRate: z.number(),
  batchSize: z.number().int(),
  seed: z.number().int(),
  epochs: z.number().int().positive(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RUN_ORDERS = ['newest', 'test-balanced-accuracy', 'validation-balanced-accuracy'] as const;

/** Which runs to list; everything left out means all of them. */
export const RunQuery = z.object({
  model: z.string().optional(),
  datasetId: z.number().int().positive().optional(),
  status: RunStatus.optional(),
  starred: z.boolean().optional(),
  order: z.enum(RUN_ORDERS).default('newest'),
  limit: z.number().int().positive().optional(),
});
export type RunQuery = z.infer<typeof RunQuery>;

/** What a person adds to a run; a key left out stays as it is. */
export const RunLabels = z.object({
  name: z.string().min(1).optional(),
  notes: z.string().optional(),
  tags: z.array(z.string().min(1)).optional(),
  starred: z.boolean().optional(),
});
export type RunLabels = z.infer<typeof RunLabels>;
