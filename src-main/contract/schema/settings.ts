/** What the application remembers about how a person likes it. Pure (zod only). */
import { z } from 'zod';

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Null: as the system says. */
  reducedMotion: z.boolean().nullable().default(null),
  /** Columns of the history table in their order; null: the usual ones. */
  historyColumns: z.array(z.string()).nullable().default(null),
});
export type Settings = z.infer<typeof Settings>;
