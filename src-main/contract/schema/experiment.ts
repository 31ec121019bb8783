/** What can be known of a run before it begins: how fast it would be, and what augmentation makes of its images. Pure (zod only). */
import { z } from 'zod';

const positive = z.number().positive();

/** How fast a run with certain settings trains, and from what that is known. */
export const RunSpeed = z.object({
  /** Earlier runs whose steps did the same work on this machine; or steps that were trained just now. */
  source: z.enum(['runs', 'measured']),
  /** The earlier runs, newest first. */
  runIds: z.array(z.number().int().positive()),
  /** In training steps alone; where the frozen layers' values are kept, in steps that take these. */
  imagesPerSecond: positive,
  /** Per image that an epoch trains on, validation and checkpoint included; null where only the steps are known. */
  wholeMsPerImage: positive.nullable(),
  /**
   * Once, before the first epoch, per image that it trains on: what the frozen layers give, in all versions that are kept; 0 where
   * none is, null where it is not known.
   */
  prepareMsPerImage: z.number().nonnegative().nullable(),
  /** To classify one image; null where it was not measured. */
  predictMsPerImage: positive.nullable(),
  /** Memory of the worker; null where it is not known. */
  residentBytes: positive.nullable(),
});
export type RunSpeed = z.infer<typeof RunSpeed>;

/** An image as it is decoded for a model, and what epochs would show the model in its place. */
export const AugmentedImage = z.object({
  imageId: z.string(),
  classIndex: z.number().int().nonnegative(),
  /** Asset ids; of the worker, files. */
  original: z.string(),
  versions: z.array(z.string()),
});
export type AugmentedImage = z.infer<typeof AugmentedImage>;
