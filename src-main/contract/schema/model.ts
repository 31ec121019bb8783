/** Files about weights and saved models, as they lie on disk. Pure (zod only). */
import { z } from 'zod';
import { Recipe, TrainingConfig } from './config.ts';
import { ClassInfo } from './dataset.ts';
import { EvaluationReport } from './evaluation.ts';
import { Network } from './network.ts';
import { Environment } from './run.ts';

const sha256 = z.string().length(64);

/** `index.json` beside `weights.bin`: the arrays in the order in which their values follow one another. */
export const WeightIndex = z.object({
  formatVersion: z.literal(1),
  backbone: z.string().min(1),
  dtype: z.literal('float32'),
  byteOrder: z.literal('little'),
  /** Of weights.bin. */
  sha256,
  /** The imported file; absent for bundled weights. */
  source: z.object({ file: z.string(), sha256 }).optional(),
  weights: z.array(z.object({ name: z.string().min(1), shape: z.array(z.number().int().positive()) })),
});
export type WeightIndex = z.infer<typeof WeightIndex>;

/** What a trained model must be served with, and how it came about. */
export const ModelMetadata = z.object({
  config: TrainingConfig,
  /** Of images to classify; never another model's. */
  recipe: Recipe,
  /** In the order of the network's outputs. */
  classes: z.array(ClassInfo).min(2),
  datasetHash: z.string(),
  /** SHA-256 of the split it was trained with. */
  splitHash: z.string(),
  environment: Environment,
  report: EvaluationReport.nullable(),
});
export type ModelMetadata = z.infer<typeof ModelMetadata>;

/** `lesion-lab.json` in a model's folder. */
export const ModelFile = z.object({
  formatVersion: z.literal(1),
  /** SHA-256 of `content` as JSON without spaces. */
  contentSha256: sha256,
  content: z.object({
    savedAt: z.string(),
    network: Network,
    metadata: ModelMetadata,
    /** The folder's other files. */
    files: z.array(z.object({ path: z.string(), sha256, bytes: z.number().int().nonnegative() })),
  }),
});
export type ModelFile = z.infer<typeof ModelFile>;
