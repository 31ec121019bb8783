/**
 * What augmentation makes of images: drawn and moved by the very code that training uses, as files to look at. Runs in the worker.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe, TrainingConfig } from '../contract/schema/config.ts';
import type { DatasetImage } from '../contract/schema/dataset.ts';
import type { AugmentedImage } from '../contract/schema/experiment.ts';
import { drawAugmentation } from '../numerics/augmentation.ts';
import { createRandom, deriveSeed } from '../numerics/random.ts';
import { loadBatch } from '../preprocess/batches.ts';
import { prepareImages } from '../preprocess/cache.ts';
import { DECODING } from '../preprocess/decode.ts';
import { encodeJpeg } from '../preprocess/encode.ts';

export interface PreviewJob {
  /** The dataset's folder. */
  readonly root: string;
  readonly images: readonly DatasetImage[];
  readonly config: TrainingConfig;
  /** How many draws of each image. */
  readonly versions: number;
  readonly seed: number;
  readonly folders: { readonly cache: string; readonly output: string };
  /** What the names of the files begin with. */
  readonly prefix: string;
}

/** Images that cannot be decoded are left out. @throws AppError `cancelled`, `disk-full`, `read-only` */
export async function previewAugmentation(job: PreviewJob, signal: AbortSignal): Promise<AugmentedImage[]> {
  const { config, versions, folders, prefix } = job;
  const size = { widthPx: config.imageWidthPx, heightPx: config.imageHeightPx };
  const images = await prepareImages({ ...job, ...size, cacheFolder: folders.cache, signal });
  const random = createRandom(deriveSeed(job.seed, 'augmentation', 1));
  const asTheyAre: Recipe = { ...DECODING, ...size, mean: [0, 0, 0], deviation: [1, 1, 1] };
  const write = async (name: string, pixels: Uint8Array) => {
    const file = join(folders.output, `${prefix}-${name}.jpg`);
    await writeFile(file, await encodeJpeg(pixels, size));
    return file;
  };
  const rowBytes = size.widthPx * size.heightPx * 3;
  const shown: AugmentedImage[] = [];
  for (const { imageId, classIndex } of job.images) {
    const row = images.indexOf(imageId);
    if (row < 0) continue;
    const draws = Array.from({ length: versions }, () => drawAugmentation(random, config));
    const moved = loadBatch(images, new Array<number>(versions).fill(row), asTheyAre, draws);
    const values = moved.dataSync<'float32'>();
    moved.dispose();
    const files: string[] = [];
    for (let version = 0; version < versions; version++) {
      const pixels = Uint8Array.from(
        values.subarray(version * rowBytes, (version + 1) * rowBytes),
        Math.round,
      );
      files.push(await write(`${row}-${version}`, pixels));
    }
    const original = await write(`${row}`, images.pixels.subarray(row * rowBytes, (row + 1) * rowBytes));
    shown.push({ imageId, classIndex, original, versions: files });
  }
  return shown;
}
