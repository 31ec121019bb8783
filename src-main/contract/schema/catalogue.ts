/** What can be trained and with which weights, as the lists of models and weights show it. Pure (zod only). */
import { z } from 'zod';

export const PRESETS = ['default', 'published'] as const;
export const Preset = z.enum(PRESETS);
export type Preset = z.infer<typeof Preset>;

export const PublishedResults = z.object({
  testAccuracy: z.number(),
  validationAccuracy: z.number(),
  testLoss: z.number(),
  validationLoss: z.number(),
  minutes: z.number(),
  epochs: z.number().int(),
});
export type PublishedResults = z.infer<typeof PublishedResults>;

/** ImageNet weights of one backbone, and where they lie or can be had. */
export const WeightListing = z.object({
  backbone: z.string(),
  title: z.string(),
  /** Folder that holds them; null where they are missing. */
  folder: z.string().nullable(),
  sha256: z.string().nullable(),
  /** Name of the file that was imported; null for bundled ones. */
  importedFrom: z.string().nullable(),
  /** What to fetch where they are missing; null for those that come with the product. */
  fetch: z.object({ file: z.string(), address: z.string() }).nullable(),
});
export type WeightListing = z.infer<typeof WeightListing>;

export const ModelInfo = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  paper: z.string().nullable(),
  backbone: z.string().nullable(),
  minimumSizePx: z.number().int().positive(),
  headDropout: z.number(),
  /** Settings that differ from the product's defaults: the model's own, and the published experiment's. */
  presets: z.object({
    default: z.record(z.string(), z.unknown()),
    published: z.record(z.string(), z.unknown()),
  }),
  /** Figures of the published table; null for a model that was not published. */
  results: PublishedResults.nullable(),
  /** Of the backbone; null for a model without one. */
  weights: WeightListing.nullable(),
});
export type ModelInfo = z.infer<typeof ModelInfo>;

/** What became of a weights file. */
export const WeightsImport = z.object({
  backbone: z.string(),
  title: z.string(),
  folder: z.string(),
  sha256: z.string(),
  arrays: z.number().int().nonnegative(),
});
export type WeightsImport = z.infer<typeof WeightsImport>;
