/** What the application remembers about how a person likes it. Pure (zod only). */
import { z } from 'zod';

const theme = z.enum(['system', 'light', 'dark']);
/** Null: as the system says. */
const reducedMotion = z.boolean().nullable();
/** Columns of the history table in their order; null: the usual ones. */
const historyColumns = z.array(z.string()).nullable();

export const Settings = z.object({
  theme: theme.default('system'),
  reducedMotion: reducedMotion.default(null),
  historyColumns: historyColumns.default(null),
  /** Hashes of the released models whose licence, which excludes commercial use, was accepted. */
  acceptedLicences: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** What is to change; a key left out stays as it is. */
export const SettingsChange = z
  .object({
    theme,
    reducedMotion,
    historyColumns,
    /** A hash that comes to those whose licences were accepted before, in whichever window. */
    acceptLicence: z.string(),
  })
  .partial();
export type SettingsChange = z.infer<typeof SettingsChange>;
