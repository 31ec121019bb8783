/** Pictures on their way through a host: checked by their first bytes, whichever host carries them. Runs in the host. */
import { open } from 'node:fs/promises';
import { DICOM_SIGNATURE_BYTES, isDicom } from '../contract/dicom-signature.ts';
import { AppError } from '../contract/errors.ts';
import { pictureType, SIGNATURE_BYTES } from './picture-type.ts';

/** Passes the bytes on once the first of them are those of a picture. @throws AppError `bad-image` */
export function onlyPicture(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const isPicture = (head: Buffer) => pictureType(head) !== null;
  return checked(bytes, SIGNATURE_BYTES, isPicture, 'JPEG, PNG, WebP or TIFF picture');
}

/** What a clinician may drop: a picture, or a DICOM file. @throws AppError `bad-image` */
export function onlyClinicalPicture(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const isClinical = (head: Buffer) => pictureType(head) !== null || isDicom(head);
  return checked(
    bytes,
    DICOM_SIGNATURE_BYTES,
    isClinical,
    'JPEG, PNG, WebP or TIFF picture, nor a DICOM file',
  );
}

async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  headBytes: number,
  accepts: (head: Buffer) => boolean,
  expected: string,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headBytes) continue;
    if (!accepts(head)) throw notOf(expected);
    yield head;
    head = null;
  }
  // shorter than the longest signature
  if (!head) return;
  if (!accepts(head)) throw notOf(expected);
  yield head;
}

const notOf = (expected: string) =>
  new AppError('bad-image', `The file is not a ${expected}. Choose another file.`);

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

/** What cannot be decoded names nothing; it is looked up as it is, and not found. */
export function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
