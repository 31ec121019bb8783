/**
 * What import needs to know of one picture file, from a single read: the hash of its bytes, the hash of what it
 * shows, its size, and whether it decodes whole. Runs in the worker.
 *
 * The perceptual hash is the 64-bit difference hash (Krawetz 2013): the grey picture at 9 x 8, a bit for each pair of
 * horizontal neighbours, set where the left one is brighter. It survives re-encoding, resizing and brightness.
 */
import { createHash } from 'node:crypto';
import { type PictureInspection, THUMBNAIL_HEIGHT_PX, THUMBNAIL_WIDTH_PX } from '../dataset/inspection.ts';
import { guarded, openPicture, readPictureFile } from './decode-source.ts';

const HASH_COLUMNS = 9;
const HASH_ROWS = 8;

/** Reads and fully decodes a picture file. Throws `not-found` or `bad-image` naming the file. */
export async function inspectImage(path: string): Promise<PictureInspection> {
  const bytes = await readPictureFile(path);
  const { image, widthPx, heightPx } = await openPicture(bytes, path);
  const { data, info } = await guarded(path, () =>
    image
      .flatten({ background: '#ffffff' })
      .greyscale()
      .resize(THUMBNAIL_WIDTH_PX, THUMBNAIL_HEIGHT_PX, { fit: 'fill' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const thumbnail = info.channels === 1 ? data : data.filter((_, i) => i % info.channels === 0);
  return {
    contentHash: createHash('sha256').update(bytes).digest('hex'),
    perceptualHash: differenceHash(thumbnail),
    thumbnail,
    widthPx,
    heightPx,
  };
}

/** Each of the 9 x 8 cells of the hash is the mean of 2 x 2 thumbnail pixels. */
function differenceHash(thumbnail: Uint8Array): string {
  const cell = (x: number, y: number) => {
    const at = 2 * (y * THUMBNAIL_WIDTH_PX + x);
    return (
      thumbnail[at]! +
      thumbnail[at + 1]! +
      thumbnail[at + THUMBNAIL_WIDTH_PX]! +
      thumbnail[at + THUMBNAIL_WIDTH_PX + 1]!
    );
  };
  let hash = '';
  for (let y = 0; y < HASH_ROWS; y++) {
    let row = 0;
    for (let x = 0; x < HASH_COLUMNS - 1; x++) row = (row << 1) | (cell(x, y) > cell(x + 1, y) ? 1 : 0);
    hash += row.toString(16).padStart(2, '0');
  }
  return hash;
}
