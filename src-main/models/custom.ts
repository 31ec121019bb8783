/**
 * A model of the user's own, from a file: a declarative layer list (JSON), or a whole Keras model (.keras, .h5, or the layers format of
 * TensorFlow.js) with its weights. Runs in the worker.
 * Guarantee: the network that comes out fits the images and the classes, or the error says why not.
 */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { Layer, Network } from '../contract/schema/network.ts';
import type { Scaling } from './backbones.ts';
import type { BuildOptions } from './descriptor.ts';
import { networkFromKeras } from './keras-network.ts';
import { parseLayerList } from './layer-list.ts';
import type { NamedWeights } from './named-weights.ts';
import { inferShapes, inputNames } from './shapes.ts';
import { matchWeights } from './weights/match.ts';
import { readWeightsFile } from './weights/read-weights.ts';
import type { WeightsFile } from './weights/weights-file.ts';

export interface CustomModel {
  readonly title: string;
  readonly backbone: null;
  /** The file does not tell what its weights were trained with: pixels go to [-1, 1]. */
  readonly nativeScaling: Scaling;
  /** The file's network at the images' size. @throws AppError `bad-model`, `bad-input` */
  readonly build: (options: BuildOptions) => Network;
  /** The file's weights for a network that `build` gave; null for a layer list. @throws AppError `bad-model` */
  readonly weights: (network: Network) => NamedWeights | null;
}

/** @throws AppError `not-found`, `bad-model` naming the layer that cannot be read */
export async function loadModelFile(path: string): Promise<CustomModel> {
  if (!existsSync(path)) throw new AppError('not-found', `No model file ${path}.`);
  const list = await readLayerList(path);
  const file = list === null ? await readWeightsFile(path) : null;
  const network = list ?? networkFromKeras(configOf(file!, path));
  return {
    title: basename(path),
    backbone: null,
    nativeScaling: { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] },
    build: (options) => fitToData(network, options, path),
    weights: (built) => file && matchWeights(built, file, `the model of ${path} at ${sizeOf(built)}`),
  };
}

/** Null where the file is no layer list: JSON of TensorFlow.js, or of another format. */
async function readLayerList(path: string): Promise<Network | null> {
  if (statSync(path).isDirectory() || extname(path).toLowerCase() !== '.json') return null;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new AppError('bad-model', `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
  const isTensorflowJs = typeof value === 'object' && value !== null && 'modelTopology' in value;
  return isTensorflowJs ? null : parseLayerList(value, path);
}

function configOf(file: WeightsFile, path: string): unknown {
  if (file.config) return file.config;
  throw new AppError(
    'bad-model',
    `${path} holds weights alone, without the model they belong to; save the whole model (model.save("model.keras")).`,
  );
}

function fitToData(network: Network, options: BuildOptions, path: string): Network {
  const bad = (reason: string) => new AppError('bad-model', `The model of ${path} ${reason}.`);
  if (options.headDropout !== null || options.headBatchNorm || options.headL2 !== 0) {
    throw new AppError(
      'bad-input',
      `"headDropout", "headBatchNorm" and "headL2" belong to the product's own models; write such layers into ${path}.`,
    );
  }
  const layers = network.layers.map(
    (layer): Layer =>
      layer.type === 'input' ? { ...layer, height: options.heightPx, width: options.widthPx } : layer,
  );
  const fitted: Network = { ...network, layers };
  const shapes = inferShapes(fitted);
  const input = layers[0]!;
  if (input.type !== 'input' || input.channels !== 3) throw bad('must take images of 3 channels');
  if (network.backboneLayerCount >= layers.length) {
    throw bad(
      `has ${layers.length} layers; backboneLayerCount ${network.backboneLayerCount} leaves none for the head`,
    );
  }
  const unused = unusedLayer(layers);
  if (unused) throw bad(`has a layer "${unused.name}" that leads nowhere; use its output or remove it`);
  const last = layers.at(-1)!;
  if (!('activation' in last) || last.activation !== 'softmax') {
    throw bad(
      `ends in "${last.name}" (${last.type}); it must end in a softmax, which gives one probability a class`,
    );
  }
  const outputs = shapes.get(last.name)!;
  if (outputs.length !== 1 || outputs[0] !== options.classCount) {
    throw bad(
      `ends in "${last.name}" with [${outputs}] outputs, and the dataset has ${options.classCount} classes`,
    );
  }
  return fitted;
}

function unusedLayer(layers: readonly Layer[]): Layer | undefined {
  const used = new Set(layers.flatMap((_, index) => inputNames(layers, index)));
  return layers.slice(0, -1).find(({ name }) => !used.has(name));
}

function sizeOf({ layers: [input] }: Network): string {
  return input?.type === 'input' ? `${input.width} x ${input.height} pixels` : 'its size';
}
