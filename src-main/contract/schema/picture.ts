/** One picture on its way between host and worker without a file in between. Pure (zod only). */
import { z } from 'zod';

/** A person's own file, or the bytes of a picture that lies in no file. */
export const PictureSource = z.union([
  z.object({ path: z.string().min(1) }),
  z.object({ base64: z.string().min(1) }),
]);
export type PictureSource = z.infer<typeof PictureSource>;

/** Upright, without metadata. */
export const CleanedPicture = z.object({
  mediaType: z.enum(['image/jpeg', 'image/png']),
  base64: z.string(),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
});
export type CleanedPicture = z.infer<typeof CleanedPicture>;
