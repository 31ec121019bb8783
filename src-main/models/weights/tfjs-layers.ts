/**
 * The layers format of TensorFlow.js: model.json (Keras's configuration and a manifest of weights) beside binary shards.
 * Runs in the worker. What is written loads with `tf.loadLayersModel`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { Network } from '../../contract/schema/network.ts';
import { kerasConfig } from '../keras-config.ts';
import type { NamedWeights } from '../named-weights.ts';
import { weightSpecs } from '../shapes.ts';
import { joinWeights, splitWeights } from './bundle.ts';
import type { FileArray, FileLayer, WeightsFile } from './weights-file.ts';

interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly { name: string; shape: readonly number[]; dtype: string }[];
}

/** model.json and weights.bin of a network. @throws AppError `bad-model` when a weight is missing */
export function encodeTfjsLayers(
  network: Network,
  weights: NamedWeights,
): ReadonlyMap<'model.json' | 'weights.bin', Buffer> {
  const ordered = new Map(
    weightSpecs(network).map(({ key }) => {
      const array = weights.get(key);
      if (!array) throw new AppError('bad-model', `Weight "${key}" is missing; the model cannot be saved.`);
      return [key, array];
    }),
  );
  const model = {
    format: 'layers-model',
    generatedBy: 'Lesion Lab',
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: kerasConfig(network, 'legacy'),
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [...ordered].map(([name, { shape }]) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  return new Map([
    ['model.json', Buffer.from(JSON.stringify(model))],
    ['weights.bin', joinWeights(ordered)],
  ]);
}

/** Reads a model.json and its shards. @throws AppError `not-found`, `bad-model`, `corrupt` */
export function readTfjsLayers(path: string): WeightsFile {
  const model = readModelJson(path);
  const topology = model.modelTopology as Record<string, unknown> | undefined;
  const layers = new Map<string, FileArray[]>();
  for (const { paths, weights } of model.weightsManifest) {
    const other = weights.find(({ dtype }) => dtype !== 'float32');
    if (other) {
      throw new AppError(
        'bad-model',
        `${path}: "${other.name}" is ${other.dtype}; float32 alone can be read.`,
      );
    }
    const bytes = Buffer.concat(paths.map((shard) => readShard(join(dirname(path), shard))));
    for (const [name, array] of splitWeights(bytes, weights)) {
      const slash = name.lastIndexOf('/');
      const layer = name.slice(0, slash);
      if (!layers.has(layer)) layers.set(layer, []);
      layers.get(layer)!.push({ weight: name.slice(slash + 1), array });
    }
  }
  return {
    format: 'tfjs-layers',
    ordered: true,
    config: topology?.model_config ?? topology ?? null,
    layers: [...layers].map(([name, arrays]): FileLayer => ({ name, classPath: null, arrays })),
  };
}

function readModelJson(path: string): { modelTopology?: unknown; weightsManifest: ManifestGroup[] } {
  if (!existsSync(path)) throw new AppError('not-found', `No file ${path}.`);
  let model: unknown;
  try {
    model = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('bad-model', `${path} is not JSON; fetch it again.`, { cause });
  }
  const manifest = (model as { weightsManifest?: unknown } | null)?.weightsManifest;
  if (Array.isArray(manifest)) return model as { weightsManifest: ManifestGroup[] };
  throw new AppError(
    'bad-model',
    `${path} has no "weightsManifest"; it is no model in the layers format of TensorFlow.js.`,
  );
}

function readShard(path: string): Buffer {
  if (existsSync(path)) return readFileSync(path);
  throw new AppError('not-found', `${path} is missing; model.json names it, so it must lie beside it.`);
}
