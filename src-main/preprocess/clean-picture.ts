/**
 * A picture as a case keeps it: the same pixels that were classified, and nothing else of the file. Runs in the worker.
 *
 * An upright JPEG without a colour profile keeps its coded picture bit for bit (strip-jpeg.ts): it stays small, and the model's answer
 * can be had again from it exactly. Everything else (turned by Exif, with a profile, PNG, TIFF, WebP) is decoded, set upright, brought to
 * sRGB and written as PNG, which loses nothing further; sharp writes no metadata unless asked.
 */
import { guarded, openPicture } from './decode-source.ts';
import { stripJpeg } from './strip-jpeg.ts';

export interface CleanPicture {
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly bytes: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** @param name what error messages call it @throws AppError `bad-image` */
export async function cleanPicture(bytes: Buffer, name: string): Promise<CleanPicture> {
  const { image, widthPx, heightPx } = await openPicture(bytes, name);
  const { orientation = 1 } = await guarded(name, () => image.metadata());
  const stripped = orientation === 1 ? stripJpeg(bytes) : null;
  if (stripped) {
    const again = await openPicture(stripped, name);
    // decoded whole once, so that no picture is kept that cannot be shown
    await guarded(name, () => again.image.stats());
    return { mediaType: 'image/jpeg', bytes: stripped, widthPx, heightPx };
  }
  const png = await guarded(name, () =>
    image.toColourspace('srgb').png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer(),
  );
  return { mediaType: 'image/png', bytes: png, widthPx, heightPx };
}
