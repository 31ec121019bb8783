/** Folders of the host's disk, as a window that has no dialog of the system walks through them. Pure (zod only). */
import { z } from 'zod';

export const FolderListing = z.object({
  /** Null: the places to begin at. */
  path: z.string().nullable(),
  /** The folder above; null at a place to begin at. */
  parent: z.string().nullable(),
  /** In the order of their names. */
  folders: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Files that lie right in it: tells a person that this is the folder meant. */
  fileCount: z.number().int().nonnegative(),
});
export type FolderListing = z.infer<typeof FolderListing>;
