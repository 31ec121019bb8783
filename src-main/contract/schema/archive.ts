/**
 * What the files that Lesion Lab packs have in common: a zip archive with a manifest that lists the hash and the size of each
 * entry, and the manifest's own hash beside it. Pure (zod only).
 */
import { z } from 'zod';

export const ARCHIVE_MANIFEST = 'manifest.json';
/** Its text is the SHA-256 of the manifest, in which the hashes of all other files stand. */
export const ARCHIVE_SEAL = 'manifest.sha256';

export const ArchivedFile = z.object({
  path: z.string().min(1),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ArchivedFile = z.infer<typeof ArchivedFile>;
