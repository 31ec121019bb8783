/** Files about weights and saved models, as they lie on disk. Pure (zod only). */
import { z } from 'zod';

/** `index.json` beside `weights.bin`: the arrays in the order in which their values follow one another. */
export const WeightIndex = z.object({
  formatVersion: z.literal(1),
  backbone: z.string().min(1),
  dtype: z.literal('float32'),
  byteOrder: z.literal('little'),
  /** Of weights.bin. */
  sha256: z.string().length(64),
  /** The imported file; absent for bundled weights. */
  source: z.object({ file: z.string(), sha256: z.string().length(64) }).optional(),
  weights: z.array(z.object({ name: z.string().min(1), shape: z.array(z.number().int().positive()) })),
});
export type WeightIndex = z.infer<typeof WeightIndex>;
