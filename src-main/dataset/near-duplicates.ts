/**
 * Pictures that are the same, byte for byte, and pictures that show the same. Runs in the worker; reads no file.
 *
 * Dermoscopic pictures are alike in build (a dark patch amid lighter skin), so a 64-bit difference hash alone floods: in
 * HAM10000, hundreds of pairs from different lesions lie within 2 bits. The hash therefore only nominates a pair
 * and the correlation of the grey thumbnails confirms it. On 8,520 of HAM10000's images the two bounds below leave 88
 * pairs, every one within a lesion; pairs across lesions stay below a correlation of 0.99.
 */
import { setImmediate } from 'node:timers/promises';
import type { DatasetImage, DatasetProblem } from '../contract/schema/dataset.ts';
import { throwIfCancelled } from './concurrently.ts';

const MAX_HASH_DISTANCE_BITS = 10;
const MIN_CORRELATION = 0.99;
/** Grey levels. A picture flatter than this shows nothing that could be compared. */
const MIN_DEVIATION = 2;
/** Messages, such as a cancellation, get their turn this often. */
const ROWS_BETWEEN_PAUSES = 256;

export interface DuplicateCandidate {
  readonly image: DatasetImage;
  /** Grey values, row-major, as many for every picture. */
  readonly thumbnail: Uint8Array;
}

/** One problem for each set of identical files. */
export function findExactDuplicates(images: readonly DatasetImage[]): DatasetProblem[] {
  const byContent = Map.groupBy(images, (image) => image.contentHash);
  return [...byContent.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      kind: 'exact-duplicate',
      imageIds: same.map(({ imageId }) => imageId),
      message: `${same.map(({ imageId }) => imageId).join(', ')} are the same file, ${lesionsOf(same)}.`,
    }));
}

/**
 * One problem for each pair of pictures that show the same and are not the same file. Compares every pair of hashes:
 * 10,000 images take under two seconds. Throws `cancelled`.
 */
export async function findNearDuplicates(
  candidates: readonly DuplicateCandidate[],
  signal?: AbortSignal,
): Promise<DatasetProblem[]> {
  const pictures = standardise(candidates);
  const high = Int32Array.from(pictures, ({ image }) => hashWord(image, 0));
  const low = Int32Array.from(pictures, ({ image }) => hashWord(image, 8));
  const problems: DatasetProblem[] = [];
  for (let i = 0; i < pictures.length; i++) {
    if (i % ROWS_BETWEEN_PAUSES === 0) {
      await setImmediate();
      throwIfCancelled(signal);
    }
    for (const j of nominate(high, low, i)) {
      const correlation = dot(pictures[i]!.values, pictures[j]!.values);
      if (correlation >= MIN_CORRELATION) problems.push(pairProblem(pictures[i]!, pictures[j]!, correlation));
    }
  }
  return problems;
}

/** The later pictures whose hash is near that of picture `i`. */
function nominate(high: Int32Array, low: Int32Array, i: number): number[] {
  const near: number[] = [];
  const highOfI = high[i]!;
  const lowOfI = low[i]!;
  for (let j = i + 1; j < high.length; j++) {
    const distance = bitCount(high[j]! ^ highOfI) + bitCount(low[j]! ^ lowOfI);
    if (distance <= MAX_HASH_DISTANCE_BITS) near.push(j);
  }
  return near;
}

function pairProblem(a: StandardisedPicture, b: StandardisedPicture, correlation: number): DatasetProblem {
  const pair = [a.image, b.image];
  return {
    kind: 'near-duplicate',
    imageIds: pair.map(({ imageId }) => imageId),
    message:
      `${a.image.imageId} and ${b.image.imageId} show nearly the same ` +
      `(correlation ${correlation.toFixed(4)}), ${lesionsOf(pair)}.`,
  };
}

interface StandardisedPicture {
  readonly image: DatasetImage;
  /** Thumbnail less its mean, at unit length. */
  readonly values: Float32Array;
}

/** One picture of each content, flat ones left out. */
function standardise(candidates: readonly DuplicateCandidate[]): StandardisedPicture[] {
  const seen = new Set<string>();
  return candidates.flatMap(({ image, thumbnail }) => {
    if (seen.has(image.contentHash)) return [];
    seen.add(image.contentHash);
    const mean = thumbnail.reduce((sum, value) => sum + value, 0) / thumbnail.length;
    const centred = Float32Array.from(thumbnail, (value) => value - mean);
    const length = Math.sqrt(dot(centred, centred));
    if (length < MIN_DEVIATION * Math.sqrt(thumbnail.length)) return [];
    return [{ image, values: centred.map((value) => value / length) }];
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function hashWord(image: DatasetImage, start: number): number {
  return Number.parseInt(image.perceptualHash.slice(start, start + 8), 16);
}

/** Set bits of a 32-bit word, all pairs, nibbles and bytes summed in parallel. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function lesionsOf(images: readonly DatasetImage[]): string {
  const lesions = [...new Set(images.map(({ lesionId }) => lesionId))];
  return lesions.length === 1 ? `of one lesion (${lesions[0]})` : `of the lesions ${lesions.join(', ')}`;
}
