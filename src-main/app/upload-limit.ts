/** How large a picture may be that a window sends: 44 million pixels of an uncompressed DICOM file. Runs in the host. */
import { AppError } from '../contract/errors.ts';

export const LARGEST_UPLOAD_BYTES = 128 * 1024 * 1024;

/** @throws AppError `bad-input` for more than 128 MiB */
export async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > LARGEST_UPLOAD_BYTES) throw tooLarge();
    yield chunk;
  }
}

export function tooLarge(): AppError {
  return new AppError(
    'bad-input',
    `The picture is larger than ${LARGEST_UPLOAD_BYTES / 1024 ** 2} MiB. Nothing was kept; choose a smaller file.`,
  );
}
