/**
 * Images of a dataset → one block of uint8 pixels in memory, decoded once and kept on disk. Runs in the worker.
 *
 * The cache is keyed by the content of the file and the recipe of decoding, so it outlives renames and re-imports, serves
 * several datasets, and only new or changed pictures are decoded again. Nothing in it is trusted without its checksum.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { DatasetImage } from '../contract/schema/dataset.ts';
import { forEachConcurrently, type ItemProgress } from '../dataset/concurrently.ts';
import { listStoredRows, readRows, writeSegment } from './cache-segments.ts';
import { DECODING, decodeImage } from './decode.ts';
import { readPictureFile } from './decode-source.ts';
import type { PixelSize } from './pixel-size.ts';

/** Raised whenever `decodeImage` gives other pixels for the same picture. */
const DECODER_VERSION = 1;
const SEGMENT_BYTES = 128 * 2 ** 20;

export interface PrepareOptions {
  /** The dataset's folder. */
  readonly root: string;
  readonly images: readonly DatasetImage[];
  readonly widthPx: number;
  readonly heightPx: number;
  /** Made if need be; one folder serves all datasets and sizes. */
  readonly cacheFolder: string;
  readonly onProgress?: ((progress: ItemProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SkippedImage {
  readonly imageId: string;
  readonly reason: string;
}

export interface PreparedImages {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Number of images in `pixels`; those skipped are not among them. */
  readonly count: number;
  /** [count, heightPx, widthPx, 3], 0..255, in the order of the images given. */
  readonly pixels: Uint8Array;
  /** Row of an image in `pixels`, -1 for one that was skipped or not asked for. */
  readonly indexOf: (imageId: string) => number;
  /** Images that can no longer be decoded, or whose file is not the one that was imported. */
  readonly skipped: readonly SkippedImage[];
}

/**
 * Throws `out-of-memory` (the block does not fit), `read-only` / `disk-full` (the cache cannot be written),
 * `cancelled`; what was decoded up to then stays cached, in steps of 128 MiB.
 */
export async function prepareImages(options: PrepareOptions): Promise<PreparedImages> {
  const { images, widthPx, heightPx } = options;
  const rowBytes = widthPx * heightPx * 3;
  const pixels = allocate(images.length, options, rowBytes);
  const rowOf = (index: number) => pixels.subarray(index * rowBytes, (index + 1) * rowBytes);
  const folder = join(options.cacheFolder, recipeKey(options));

  const missing = await readCached(folder, images, rowOf, rowBytes);
  const skipped = await decodeMissing(folder, missing, rowOf, rowBytes, options);
  const kept = images.map((_, index) => index).filter((index) => !skipped.has(index));
  if (skipped.size > 0) {
    for (const [row, index] of kept.entries()) {
      pixels.copyWithin(row * rowBytes, index * rowBytes, (index + 1) * rowBytes);
    }
  }
  const rowOfId = new Map(kept.map((index, row) => [images[index]!.imageId, row]));
  return {
    widthPx,
    heightPx,
    count: kept.length,
    pixels: pixels.subarray(0, kept.length * rowBytes),
    indexOf: (imageId) => rowOfId.get(imageId) ?? -1,
    skipped: [...skipped].map(([index, reason]) => ({ imageId: images[index]!.imageId, reason })),
  };
}

function allocate(count: number, { widthPx, heightPx }: PixelSize, rowBytes: number): Uint8Array {
  const bytes = count * rowBytes;
  const available = process.availableMemory();
  if (bytes > available) {
    const gigabytes = (value: number) => `${(value / 1e9).toFixed(1)} GB`;
    throw new AppError(
      'out-of-memory',
      `${count} images at ${widthPx} x ${heightPx} need ${gigabytes(bytes)} of memory, ${gigabytes(available)} are ` +
        'free; choose a smaller image size.',
    );
  }
  return new Uint8Array(bytes);
}

/** Folder name of one size and way of decoding. */
function recipeKey({ widthPx, heightPx }: PixelSize): string {
  const recipe = createHash('sha256')
    .update(JSON.stringify([DECODER_VERSION, DECODING]))
    .digest('hex');
  return `${widthPx}x${heightPx}-${recipe.slice(0, 12)}`;
}

/** Fills the rows that the cache has; returns the indices of the others, ascending. */
async function readCached(
  folder: string,
  images: readonly DatasetImage[],
  rowOf: (index: number) => Uint8Array,
  rowBytes: number,
): Promise<number[]> {
  const stored = await listStoredRows(folder, rowBytes);
  const missing: number[] = [];
  const wanted: { from: NonNullable<ReturnType<typeof stored.get>>; into: Uint8Array; index: number }[] = [];
  images.forEach(({ contentHash }, index) => {
    const from = stored.get(contentHash);
    if (from) wanted.push({ from, into: rowOf(index), index });
    else missing.push(index);
  });
  const failed = new Set<unknown>(await readRows(folder, wanted));
  return [...missing, ...wanted.filter((row) => failed.has(row)).map(({ index }) => index)].sort(
    (a, b) => a - b,
  );
}

/** Decodes images into their rows and stores them; returns why those that could not be decoded are skipped. */
async function decodeMissing(
  folder: string,
  missing: readonly number[],
  rowOf: (index: number) => Uint8Array,
  rowBytes: number,
  { root, images, widthPx, heightPx, onProgress, signal }: PrepareOptions,
): Promise<Map<number, string>> {
  const skipped = new Map<number, string>();
  const perSegment = Math.max(1, Math.floor(SEGMENT_BYTES / rowBytes));
  let pending: number[] = [];
  const store = async () => {
    const rows = pending.map((index) => ({ contentHash: images[index]!.contentHash, pixels: rowOf(index) }));
    pending = [];
    if (rows.length > 0) await writeSegment(folder, rows);
  };
  const decode = async (index: number) => {
    try {
      rowOf(index).set(await decodeListed(root, images[index]!, { widthPx, heightPx }));
    } catch (error) {
      if (!(error instanceof AppError) || !['bad-image', 'not-found'].includes(error.code)) throw error;
      skipped.set(index, error.message);
      return;
    }
    pending.push(index);
    if (pending.length >= perSegment) await store();
  };
  await forEachConcurrently(missing, decode, { onProgress, signal });
  await store();
  return new Map([...skipped].sort(([a], [b]) => a - b));
}

async function decodeListed(root: string, image: DatasetImage, size: PixelSize): Promise<Uint8Array> {
  const path = join(root, image.path);
  const bytes = await readPictureFile(path);
  if (createHash('sha256').update(bytes).digest('hex') !== image.contentHash) {
    throw new AppError(
      'bad-image',
      `${path}: the file has changed since the import; import the dataset again.`,
    );
  }
  return await decodeImage(bytes, size, path, { widthPx: image.widthPx, heightPx: image.heightPx });
}
