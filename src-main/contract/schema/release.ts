/**
 * A released model: a trained network with everything that its answers rest on, in one file that another workstation can check.
 * Pure (zod only).
 *
 * All thresholds were fitted on the calibration part alone; every figure "on test" was measured afterwards on lesions that no part of
 * the fitting had seen. A figure that there is none of is null.
 */
import { z } from 'zod';
import { OPERATING_QUESTIONS } from './clinical-answer.ts';
import { ClassInfo, SPLIT_PARTS } from './dataset.ts';
import { Estimate, PartReport, SubgroupScores } from './evaluation.ts';

const count = z.number().int().nonnegative();
const fraction = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const line = z.string().trim().min(1).max(120);

export const RELEASE_VERSION = 1;
export const RELEASE_EXTENSION = 'lesion-model';

/** What a person says of a release. */
export const ReleaseText = z.object({
  name: line,
  version: z
    .string()
    .trim()
    .regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,39}$/, 'is letters, digits, dots, plus and minus, like "1.0.0"'),
  intendedUse: z.string().trim().min(1).max(4000),
  /** What a user must know beyond what the run says. */
  limits: z.string().trim().max(4000).default(''),
  licence: line.default('Not stated'),
  /** Whether the licence of the data or of the model excludes commercial use: said at first use. */
  isNonCommercial: z.boolean().default(false),
  /** Who answers for it: a person, group or address; null: not stated. */
  contact: line.nullable().default(null),
});
export type ReleaseText = z.infer<typeof ReleaseText>;

export const CONFORMAL_LEVELS = [0.8, 0.9, 0.95] as const;

export const ReleaseTargets = z.object({
  malignantSensitivity: z.number().gt(0).lt(1).default(0.95),
  melanomaSensitivity: z.number().gt(0).lt(1).default(0.9),
  /** The share of lesions like those of the calibration part that shall not be called strange. */
  inside: z.number().gt(0.5).lt(1).default(0.99),
});
export type ReleaseTargets = z.infer<typeof ReleaseTargets>;

const ConformalThreshold = z.object({ threshold: z.number().nullable(), lesions: count });

/** As numerics/conformal.ts fits and counts them. */
export const ReleasedConformal = z.object({
  level: z.number().gt(0).lt(1),
  marginal: ConformalThreshold,
  byClass: z.array(ConformalThreshold.extend({ kind: z.enum(['class-conditional', 'marginal']) })),
  onTest: z.object({
    overall: z.object({
      lesions: count,
      coveredLesions: count,
      share: Estimate,
      meanSetSize: z.number().nullable(),
    }),
    byClass: z.array(z.object({ lesions: count, coveredLesions: count, share: Estimate })),
    /** [n - 1]: lesions whose set holds n classes. */
    setSizes: z.array(count),
  }),
});
export type ReleasedConformal = z.infer<typeof ReleasedConformal>;

export const ReleasedOperatingPoint = z.object({
  question: z.enum(OPERATING_QUESTIONS),
  /** Codes of the classes whose probabilities are summed. */
  codes: z.array(z.string()).min(1),
  targetSensitivity: fraction,
  threshold: fraction,
  calibration: z.object({
    positive: count,
    negative: count,
    sensitivity: fraction,
    specificity: fraction.nullable(),
  }),
  test: z.object({ positive: count, negative: count, sensitivity: Estimate, specificity: Estimate }),
});
export type ReleasedOperatingPoint = z.infer<typeof ReleasedOperatingPoint>;

export const ReleasedDistance = z.object({
  method: z.enum(['energy', 'feature-distance']),
  inside: fraction,
  limit: z.number().nullable(),
  /** Quantiles 0, 0.01 ... 1 of the calibration part's lesions: "farther than x % of them". */
  calibration: z.array(z.number()),
  outsideOnTest: Estimate,
  /** Of the fitted Gaussian (feature distance alone). */
  featureCount: count.nullable(),
  whitenedMeans: count.nullable(),
});
export type ReleasedDistance = z.infer<typeof ReleasedDistance>;

const Reliability = z.object({
  ece: fraction.nullable(),
  brier: z.number().nullable(),
  logLoss: z.number().nullable(),
});

/** `references.json`: an image of the training part. Never in the file of a release. */
export const ReferenceImage = z.object({
  imageId: z.string().min(1),
  lesionId: z.string().min(1),
  /** Into the model's classes. */
  classIndex: count,
});
export type ReferenceImage = z.infer<typeof ReferenceImage>;

/** What `release.fit` finds. */
export const ReleaseFit = z.object({
  temperature: z.number().positive(),
  /** On test, before and after the temperature. */
  reliability: z.object({ before: Reliability, after: Reliability }),
  conformal: z.array(ReleasedConformal).min(1),
  /** Empty where the classes allow no such question. */
  operating: z.array(ReleasedOperatingPoint),
  distance: ReleasedDistance,
  parts: z.array(
    z.object({ part: z.enum(SPLIT_PARTS), images: count, lesions: count, classCounts: z.array(count) }),
  ),
});
export type ReleaseFit = z.infer<typeof ReleaseFit>;

/** The run that a release rests on. No path and no user of the machine that trained it. */
export const ReleaseEvidence = z.object({
  modelId: z.string().min(1),
  /** Setting and value, in words of the configuration. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  dataset: z.object({
    name: z.string(),
    hash: z.string(),
    layout: z.string(),
    images: count,
    synthetic: z.boolean(),
  }),
  splitHash: z.string(),
  epochs: count,
  bestEpoch: count.nullable(),
  trainedAt: z.string(),
  codeVersion: z.string().nullable(),
  library: z.string().nullable(),
  device: z.string().nullable(),
  validation: PartReport.nullable(),
  test: PartReport.nullable(),
  subgroups: z.array(SubgroupScores),
  /** What was warned of in the run. */
  warnings: z.array(z.string()),
});
export type ReleaseEvidence = z.infer<typeof ReleaseEvidence>;

/** `release.json` in the file. */
export const Release = ReleaseText.extend({
  formatVersion: z.literal(RELEASE_VERSION),
  releasedAt: z.iso.datetime(),
  /** Of the program that released it. */
  appVersion: z.string(),
  classes: z.array(ClassInfo).min(2),
  input: z.object({ widthPx: z.number().int().positive(), heightPx: z.number().int().positive() }),
  parameters: count,
  fit: ReleaseFit,
  evidence: ReleaseEvidence,
});
export type Release = z.infer<typeof Release>;

/** An Ed25519 signature (RFC 8032) over the file's list of contents; the fingerprint is SHA-256 of the 32 bytes of the public key. */
export const ReleaseSignature = z.object({
  algorithm: z.literal('Ed25519'),
  publicKey: z.string(),
  fingerprint: sha256,
});
export type ReleaseSignature = z.infer<typeof ReleaseSignature>;

/** A model that can be asked here. */
export const ReleaseSummary = z.object({
  /** SHA-256 of the released file. */
  hash: sha256,
  name: z.string(),
  version: z.string(),
  releasedAt: z.string(),
  modelId: z.string(),
  classes: z.array(ClassInfo),
  datasetName: z.string(),
  isSynthetic: z.boolean(),
  isNonCommercial: z.boolean(),
  licence: z.string(),
  testBalancedAccuracy: Estimate.nullable(),
  /** It came with the product, was released here, or was brought as a file. */
  origin: z.enum(['bundled', 'released-here', 'imported']),
  /** Null: it is not signed. */
  signature: ReleaseSignature.nullable(),
  /** Whether training images are at hand, to show similar ones. */
  hasReferences: z.boolean(),
  bytes: count,
});
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;
