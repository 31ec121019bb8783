/** A picture as a browser can show it, where it cannot show the file itself (DICOM, TIFF). Runs in the worker. */
import { guarded, openPicture } from './decode-source.ts';

/** Enough for a screen; the model has seen the picture itself. */
const LONG_SIDE_PX = 1600;

/** Whether a browser shows such a file: JPEG, PNG or WebP, by its first bytes. */
export function browsersShow(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 12);
  return (
    start.startsWith('\xff\xd8\xff') ||
    start.startsWith('\x89PNG') ||
    (start.startsWith('RIFF') && start.startsWith('WEBP', 8))
  );
}

/** A JPEG as data URL: upright, in sRGB, on white, without metadata. @throws AppError `bad-image` */
export async function encodePreview(bytes: Buffer, name: string): Promise<string> {
  const { image } = await openPicture(bytes, name);
  const jpeg = await guarded(name, () =>
    image
      .flatten({ background: '#ffffff' })
      .resize(LONG_SIDE_PX, LONG_SIDE_PX, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .jpeg({ quality: 92 })
      .toBuffer(),
  );
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
