/**
 * Finds a network's weights in a file. Runs in the worker. Tries, in this order: names; the order of layers with weights, as Keras
 * itself loads a legacy .h5 (its published DenseNet file has other names than its code); Keras 3's numbering within a class.
 * Guarantee: every weight of the network has the right shape, or one error says all that is wrong.
 */
import { AppError } from '../../contract/errors.ts';
import type { Network } from '../../contract/schema/network.ts';
import { kerasLayerOrder } from '../keras-order.ts';
import type { NamedWeights, WeightArray } from '../named-weights.ts';
import { type WeightSpec, weightSpecs } from '../shapes.ts';
import { classPaths } from './keras-v3.ts';
import type { FileArray, FileLayer, WeightsFile } from './weights-file.ts';

export interface Mismatch {
  /** Weights that the network has and the file does not. */
  readonly missing: readonly string[];
  /** Weights of the file that the network has no place for. */
  readonly unexpected: readonly string[];
  readonly shapes: readonly string[];
}

export type Match =
  | { readonly weights: NamedWeights; readonly mismatch: null }
  | { readonly weights: null; readonly mismatch: Mismatch };

/** Weights of `network` out of `file`; what else the file has (a head) is left. Of all attempts the nearest mismatch is reported. */
export function findWeights(network: Pick<Network, 'layers'>, file: WeightsFile): Match {
  const specs = Map.groupBy(weightSpecs({ ...network, backboneLayerCount: 0 }), ({ layer }) => layer);
  const layers = kerasLayerOrder(network).flatMap(({ name }): [string, WeightSpec[]][] =>
    specs.has(name) ? [[name, specs.get(name)!]] : [],
  );
  const byName = new Map(file.layers.map((layer) => [layer.name, layer]));
  const byPath = new Map(file.layers.map((layer) => [layer.classPath, layer]));
  const paths = classPaths(network);
  const attempts: ((name: string, index: number) => FileLayer | undefined)[] = [
    (name) => byName.get(name),
    ...(file.ordered ? [(_: string, index: number) => file.layers[index]] : []),
    (name) => byPath.get(paths.get(name)!),
  ];
  let nearest: Match | null = null;
  for (const find of attempts) {
    const match = collect(layers, file, find);
    if (match.mismatch === null) return match;
    if (!nearest?.mismatch || distance(match.mismatch) < distance(nearest.mismatch)) nearest = match;
  }
  return nearest!;
}

/** How far a file is from fitting: a weight of another shape is nearer than none. */
export function distance(mismatch: Mismatch | null): number {
  return mismatch === null ? 0 : mismatch.missing.length + mismatch.shapes.length / 2;
}

/**
 * @param what names the network in the message
 * @param seems which architecture the file seems to be of, when known
 * @throws AppError `bad-model` that lists every mismatch in its details and the first of each kind in its message
 */
export function matchWeights(
  network: Pick<Network, 'layers'>,
  file: WeightsFile,
  what: string,
  seems: string | null = null,
): NamedWeights {
  const { weights, mismatch } = findWeights(network, file);
  if (weights) return weights;
  const parts = [
    listed('missing', mismatch.missing),
    listed('unexpected', mismatch.unexpected),
    listed('of another shape', mismatch.shapes),
  ].filter((part) => part !== null);
  const hint = seems === null ? '' : ` It seems to be of ${seems}.`;
  throw new AppError('bad-model', `The weights do not fit ${what}: ${parts.join('; ')}.${hint}`, {
    details: { ...mismatch },
  });
}

function collect(
  layers: readonly [string, WeightSpec[]][],
  file: WeightsFile,
  find: (name: string, index: number) => FileLayer | undefined,
): Match {
  const weights = new Map<string, WeightArray>();
  const used = new Set<FileArray>();
  const missing: string[] = [];
  const shapes: string[] = [];
  layers.forEach(([name, specs], layerIndex) => {
    const layer = find(name, layerIndex);
    specs.forEach((spec, index) => {
      const found = arrayOf(layer, spec, index);
      if (!found) {
        missing.push(spec.key);
        return;
      }
      used.add(found);
      if (found.array.shape.join() === spec.shape.join()) weights.set(spec.key, found.array);
      else shapes.push(`${spec.key} is [${found.array.shape}], expected [${spec.shape}]`);
    });
  });
  if (missing.length === 0 && shapes.length === 0) return { weights, mismatch: null };
  const unexpected = file.layers.flatMap(({ name, arrays }) =>
    arrays.flatMap((array, index) => (used.has(array) ? [] : [`${name}/${array.weight ?? index}`])),
  );
  return { weights: null, mismatch: { missing, unexpected, shapes } };
}

/** By the weight's name, else by its place; Keras 3 calls a depthwise kernel `kernel`. */
function arrayOf(layer: FileLayer | undefined, spec: WeightSpec, index: number): FileArray | undefined {
  if (!layer) return undefined;
  if (layer.arrays.every(({ weight }) => weight === null)) return layer.arrays[index];
  return layer.arrays.find(
    ({ weight }) => weight === spec.weight || (spec.weight === 'depthwise_kernel' && weight === 'kernel'),
  );
}

const LISTED = 5;

function listed(kind: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `${names.length} ${kind} (${names.slice(0, LISTED).join(', ')}${more})`;
}
