/** The pictures that both sides get: drawn once and cached, or the first of a folder of the user's own. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetImage } from '../src-main/contract/schema/dataset.ts';
import { writeSyntheticDataset } from '../src-main/dataset/synthetic/write-dataset.ts';
import { prepareImages } from '../src-main/preprocess/cache.ts';
import { encodeJpeg } from '../src-main/preprocess/encode.ts';
import type { PixelSize } from '../src-main/preprocess/pixel-size.ts';
import type { Pictures } from './task.ts';

const COUNT = 64;
/** HAM10000's own size. */
const DRAWN: PixelSize = { widthPx: 600, heightPx: 450 };

/** Draws the pictures unless they are there; returns their folder. */
export async function drawPictures(cache: string, say: (line: string) => void): Promise<string> {
  const folder = join(cache, 'bench', `pictures-${COUNT}-${DRAWN.widthPx}x${DRAWN.heightPx}`);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) say(`Drawing ${COUNT} pictures into ${folder}`);
  await writeSyntheticDataset({ folder, images: COUNT, ...DRAWN, encode: encodeJpeg });
  return folder;
}

/**
 * The first pictures of a folder by name, and the same decoded to `size` in a file of `scratch`.
 * @throws Error when there are none; AppError of `prepareImages`
 */
export async function listPictures(root: string, size: PixelSize, scratch: string): Promise<Pictures> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.jpe?g$/i.test(path))
    .sort()
    .slice(0, COUNT)
    .map((path) => ({ path, sha256: sha256(readFileSync(join(root, path))) }));
  if (files.length === 0)
    throw new Error(`${root} holds no JPEG files (.jpg, .jpeg); give a folder that does.`);
  const images = datasetImages(files);
  const { pixels, skipped } = await prepareImages({
    root,
    images,
    ...size,
    cacheFolder: join(scratch, 'cache'),
  });
  if (skipped.length > 0) throw new Error(`${skipped[0]!.imageId} cannot be used: ${skipped[0]!.reason}`);
  const path = join(scratch, 'pixels.bin');
  writeFileSync(path, pixels);
  return { root, files, pixels: path };
}

/** The files as images of a dataset of which nothing else is known. */
export function datasetImages(files: Pictures['files']): DatasetImage[] {
  const unknown = { ageYears: null, sex: null, site: null, dxType: null, perceptualHash: '0'.repeat(16) };
  return files.map(({ path, sha256: contentHash }) => {
    const size = { widthPx: DRAWN.widthPx, heightPx: DRAWN.heightPx };
    return { imageId: path, path, classIndex: 0, lesionId: path, ...unknown, ...size, contentHash };
  });
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
