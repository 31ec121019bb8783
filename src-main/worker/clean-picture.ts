/** Makes a picture fit to be kept in a case. Runs in the worker; it goes through memory alone, in both directions. */
import type { CleanedPicture, PictureSource } from '../contract/schema/picture.ts';
import { cleanPicture } from '../preprocess/clean-picture.ts';
import { readPictureFile } from '../preprocess/decode-source.ts';

/** @throws AppError `bad-image`, `not-found` */
export async function cleanPictureOf(source: PictureSource): Promise<CleanedPicture> {
  const isPath = 'path' in source;
  const bytes = isPath ? await readPictureFile(source.path) : Buffer.from(source.base64, 'base64');
  const { bytes: cleaned, ...picture } = await cleanPicture(bytes, isPath ? source.path : 'The picture');
  return { ...picture, base64: cleaned.toString('base64') };
}
