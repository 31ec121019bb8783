/**
 * What the frozen part of a network gives for each training image, computed once and kept, so that the epochs run the
 * trained part alone. Runs in the worker.
 *
 * Without augmentation that changes no result. With the config's `augmentationBank` of k, every image has k augmented copies
 * that stay the same through the run, and an epoch takes one of them: less variety for more speed.
 * The values lie in a file without a name, which the system frees with the process.
 */
import { closeSync, mkdirSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { explainSystemError } from '../contract/system-error.ts';
import type { TrainableNetwork } from '../models/trainable.ts';
import { drawAugmentation, isAugmented, keptVersions } from '../numerics/augmentation.ts';
import { createRandom, deriveSeed, type Random } from '../numerics/random.ts';
import { loadBatch } from '../preprocess/batches.ts';
import { type Tensor, tf } from '../tf.ts';
import type { TrainingSetup } from './train.ts';

export interface FrozenFeatures {
  /**
   * What `model.features` gives for the images at these positions of the training part; the caller disposes it.
   * @param random draws which copy of each image
   */
  take(positions: readonly number[], random: Random): readonly Tensor[];
  dispose(): void;
}

type Setup = Pick<TrainingSetup, 'config' | 'train' | 'images' | 'recipe' | 'checkpointFolder'>;

/** Images at once: always the same ones, so that a resumed run has the same values to the last bit. */
const CHUNK = 16;

/** How many versions of each image are kept; 0: every epoch needs its own, or nothing is frozen. @param epochs still to come */
export function keptCopies(
  config: Setup['config'],
  model: TrainableNetwork,
  epochs: number = config.epochs,
): number {
  return model.hasFrozenPart ? keptVersions(config, epochs) : 0;
}

/** @throws AppError `bad-input` when an augmentation bank is asked for and nothing is frozen */
export function requireFrozenPart({ augmentationBank }: Setup['config'], model: TrainableNetwork): void {
  if (augmentationBank === 0 || model.hasFrozenPart) return;
  throw new AppError(
    'bad-input',
    `"augmentationBank" is ${augmentationBank}, but no layer is frozen, so that there is nothing to keep; give 0, or a smaller number of "trainableLayers".`,
  );
}

/**
 * Computes and keeps the features of all training images in all their copies (`keptCopies`, at least 1).
 * @throws AppError `disk-full`, `read-only`, `cancelled`
 */
export async function keepFrozenFeatures(
  setup: Setup,
  model: TrainableNetwork,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<FrozenFeatures> {
  const { config, train, checkpointFolder } = setup;
  const copies = keptCopies(config, model);
  const total = train.rows.length * copies;
  const shapes = model.featureShapes;
  const sizes = shapes.map((shape) => 4 * shape.reduce((product, size) => product * size, 1));
  const slotBytes = sizes.reduce((sum, size) => sum + size, 0);
  const file = openFile(checkpointFolder, total * slotBytes);
  try {
    for (let from = 0; from < total; from += CHUNK) {
      if (signal.aborted) throw new AppError('cancelled', 'The run was cancelled.');
      const slots = Array.from({ length: Math.min(CHUNK, total - from) }, (_, index) => from + index);
      writeAll(file, featuresOf(setup, model, slots, copies), from * slotBytes);
      onProgress(from + slots.length, total);
      await new Promise(setImmediate);
    }
  } catch (thrown) {
    closeSync(file);
    throw explainSystemError(thrown);
  }

  return {
    take(positions, random) {
      const values = sizes.map((size) => new Float32Array((positions.length * size) / 4));
      positions.forEach((position, index) => {
        let at = (position * copies + random.integer(copies)) * slotBytes;
        sizes.forEach((size, part) => {
          readSync(file, values[part]!, index * size, size, at);
          at += size;
        });
      });
      return values.map((array, part) => tf.tensor(array, [positions.length, ...shapes[part]!]));
    },
    dispose: () => closeSync(file),
  };
}

/** Features of the slots, in their order: bytes of one image after the other. A slot is an image's copy. */
function featuresOf(
  { config, train, images, recipe }: Setup,
  model: TrainableNetwork,
  slots: readonly number[],
  copies: number,
): Buffer {
  const rows = slots.map((slot) => train.rows[Math.floor(slot / copies)]!);
  const parameters = isAugmented(config)
    ? slots.map((slot) => drawAugmentation(createRandom(deriveSeed(config.seed, 'bank', slot)), config))
    : undefined;
  const batch = loadBatch(images, rows, recipe, parameters);
  const features = model.features(batch);
  const parts = features.map((feature) => {
    const { buffer, byteOffset, byteLength } = feature.dataSync<'float32'>();
    const size = byteLength / slots.length;
    return (slot: number) => new Uint8Array(buffer, byteOffset + slot * size, size);
  });
  const bytes = Buffer.concat(slots.flatMap((_, index) => parts.map((part) => part(index))));
  tf.dispose([batch, ...features]);
  return bytes;
}

function openFile(folder: string, bytes: number): number {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes) {
    throw new AppError(
      'disk-full',
      `The features of the frozen layers take ${Math.ceil(bytes / 1e6)} MB, but the disk of ${folder} has ${Math.floor((bavail * bsize) / 1e6)} MB free. ` +
        'Free some space, take fewer copies ("augmentationBank"), or let more layers train.',
    );
  }
  const path = join(folder, 'frozen-features');
  const file = openSync(path, 'w+');
  unlinkSync(path);
  return file;
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}
