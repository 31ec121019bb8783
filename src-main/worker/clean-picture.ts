/**
 * Makes a picture fit to be kept in a case; of a DICOM file, the picture alone. Runs in the worker; it goes through memory alone, in both
 * directions.
 */
import { isDicom } from '../contract/dicom-signature.ts';
import type { CleanedPicture, PictureSource } from '../contract/schema/picture.ts';
import { cleanPicture } from '../preprocess/clean-picture.ts';
import { readPictureFile } from '../preprocess/decode-source.ts';
import { readDicom } from '../preprocess/dicom.ts';

/** @throws AppError `bad-image`, `not-found` */
export async function cleanPictureOf(source: PictureSource): Promise<CleanedPicture> {
  const isPath = 'path' in source;
  const bytes = isPath ? await readPictureFile(source.path) : Buffer.from(source.base64, 'base64');
  const name = isPath ? source.path : 'The picture';
  const coded = isDicom(bytes) ? (await readDicom(bytes, name)).picture.bytes : bytes;
  const { bytes: cleaned, ...picture } = await cleanPicture(coded, name);
  return { ...picture, base64: cleaned.toString('base64') };
}
