/**
 * Picture file → a small WebP to look at. Runs in the worker. Never used for training: aspect is kept, quality is for the
 * eye, and shrinking while loading is allowed.
 */
import { guarded, openPicture, readPictureFile } from './decode-source.ts';

export const THUMBNAIL_LONG_SIDE_PX = 160;

/**
 * The bytes of a WebP file, upright, in sRGB, on white, at most `THUMBNAIL_LONG_SIDE_PX` on its long side; a smaller picture
 * is not enlarged. Throws `not-found` or `bad-image` naming the file.
 */
export async function encodeThumbnail(path: string): Promise<Uint8Array> {
  const { image } = await openPicture(await readPictureFile(path), path);
  return guarded(path, () =>
    image
      .flatten({ background: '#ffffff' })
      .resize(THUMBNAIL_LONG_SIDE_PX, THUMBNAIL_LONG_SIDE_PX, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .webp({ quality: 80, effort: 2 })
      .toBuffer(),
  );
}
