/** Pictures on their way through a host: checked by their first bytes, whichever host carries them. Runs in the host. */
import { open } from 'node:fs/promises';
import { DICOM_SIGNATURE_BYTES, isDicom } from '../contract/dicom-signature.ts';
import { AppError } from '../contract/errors.ts';
import { pictureType, SIGNATURE_BYTES } from './picture-type.ts';

/**
 * Passes the bytes on once the first of them are those of what a clinician may drop: a picture, or a DICOM file.
 * @throws AppError `bad-image`
 */
export async function* onlyClinicalPicture(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < DICOM_SIGNATURE_BYTES) continue;
    yield asClinical(head);
    head = null;
  }
  // shorter than the longest signature
  if (head) yield asClinical(head);
}

function asClinical(head: Buffer): Buffer {
  if (pictureType(head) !== null || isDicom(head)) return head;
  throw new AppError(
    'bad-image',
    'The file is not a JPEG, PNG, WebP or TIFF picture, nor a DICOM file. Choose another file.',
  );
}

/** @param id for the message @returns the media type. @throws AppError `not-found` for what is no picture */
export async function typeOfPicture(file: string, id: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    const type = pictureType(buffer.subarray(0, bytesRead));
    if (!type) throw new AppError('not-found', `"${id}" is no picture.`);
    return type;
  } finally {
    await handle.close();
  }
}

/** "/pictures/image%3A1%3Aa" → "image:1:a"; null for another path. */
export function pictureIdOf(path: string): string | null {
  return path.startsWith('/pictures/') ? decodeName(path.slice('/pictures/'.length)) : null;
}

/** "/reports/page%3A…" → "page:…"; null for another path, or one of something else. */
export function reportIdOf(path: string): string | null {
  const id = path.startsWith('/reports/') ? decodeName(path.slice('/reports/'.length)) : '';
  return id.startsWith('page:') ? id : null;
}

/** What cannot be decoded names nothing; it is looked up as it is, and not found. */
export function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
