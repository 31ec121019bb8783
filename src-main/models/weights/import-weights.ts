/**
 * Takes ImageNet weights that a user fetched into the data folder. Runs in the worker.
 * Keras's ResNet50 expects blue, green, red: the first kernel's input channels are turned round here, once, so that every model of
 * this product takes red, green, blue.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { throwIfCancelled } from '../../dataset/concurrently.ts';
import { BACKBONES, type Backbone, type BackboneId, findBackbone } from '../backbones.ts';
import type { NamedWeights, WeightArray } from '../named-weights.ts';
import { weightSpecs } from '../shapes.ts';
import { readBundleIndex, sha256, writeBundle } from './bundle.ts';
import { distance, findWeights, matchWeights } from './match.ts';
import { readWeightsFile } from './read-weights.ts';
import type { WeightsFile } from './weights-file.ts';

export interface ImportedWeights {
  readonly backbone: BackboneId;
  readonly title: string;
  /** Where they lie now. */
  readonly folder: string;
  /** Of the stored values. */
  readonly sha256: string;
  readonly arrays: number;
}

/** Shapes of weights do not depend on the images' size. */
const ANY_SIZE_PX = 224;

/**
 * Finds out which backbone the file is of (or takes `backbone`), and stores its convolutional part in `weightsFolder`.
 * @param path Keras's .h5, .weights.h5 or .keras, or a folder in the layers format of TensorFlow.js
 * @throws AppError `not-found`, `bad-model` naming every mismatch, `corrupt`, `read-only`, `disk-full`, `cancelled` (nothing is stored then)
 */
export async function importWeightsFile(
  path: string,
  weightsFolder: string,
  backbone?: string,
  signal?: AbortSignal,
): Promise<ImportedWeights> {
  const file = await readWeightsFile(path);
  throwIfCancelled(signal);
  const nearest = nearestBackbone(file);
  const target = backbone === undefined ? nearest : findBackbone(backbone);
  if (!target) {
    throw new AppError(
      'bad-model',
      `The weights of ${path} fit no backbone known here (${BACKBONES.map(({ id }) => id).join(', ')}).`,
    );
  }
  const found = matchWeights(
    { layers: target.layers(ANY_SIZE_PX, ANY_SIZE_PX) },
    file,
    `${target.title} (${target.id})`,
    nearest === null || nearest === target ? null : `${nearest.title} (${nearest.id})`,
  );
  const weights = target.publishedChannels === 'bgr' ? withRedFirst(found, target.firstKernel) : found;
  const folder = join(weightsFolder, target.id);
  const source = { file: basename(path), sha256: await hashOf(path) };
  await writeBundle(folder, target.id, weights, source, signal);
  const stored = readBundleIndex(folder)!;
  return {
    backbone: target.id,
    title: target.title,
    folder,
    sha256: stored.sha256,
    arrays: stored.weights.length,
  };
}

/** The backbone that the file is nearest to; null when it has less than a fifth of any one's weights. */
function nearestBackbone(file: WeightsFile): Backbone | null {
  let nearest: Backbone | null = null;
  let smallest = 0.8;
  for (const backbone of BACKBONES) {
    const network = { layers: backbone.layers(ANY_SIZE_PX, ANY_SIZE_PX), backboneLayerCount: 0 };
    const relative = distance(findWeights(network, file).mismatch) / weightSpecs(network).length;
    if (relative < smallest) {
      nearest = backbone;
      smallest = relative;
    }
  }
  return nearest;
}

/** Turns round the input channels of a kernel [height, width, 3, filters]. */
export function withRedFirst(weights: NamedWeights, key: string): NamedWeights {
  const { shape, values } = weights.get(key)!;
  const [, , channels, filters] = shape as [number, number, number, number];
  const turned = values.map((_, index) => {
    const channel = Math.floor(index / filters) % channels;
    return values[index + (channels - 1 - 2 * channel) * filters]!;
  });
  const kernel: WeightArray = { shape, values: turned };
  return new Map([...weights].map(([name, array]) => [name, name === key ? kernel : array]));
}

async function hashOf(path: string): Promise<string> {
  const file = (await stat(path)).isDirectory() ? join(path, 'model.json') : path;
  return sha256(await readFile(file));
}
