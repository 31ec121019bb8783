/**
 * Keras's legacy HDF5 files: weights alone, or a whole model with its configuration. Runs in the worker.
 * Layers stand in the attribute `layer_names`, each layer's arrays in its `weight_names`; the last two parts of such a name are
 * layer and weight (Keras 3 and models inside models put more before them).
 */
import { AppError } from '../../contract/errors.ts';
import type { Network } from '../../contract/schema/network.ts';
import { kerasConfig } from '../keras-config.ts';
import { kerasLayerOrder } from '../keras-order.ts';
import type { NamedWeights } from '../named-weights.ts';
import { weightSpecs } from '../shapes.ts';
import { arrayIn, type Group, groupIn, textAttribute, textListAttribute, writeHdf5 } from './hdf5.ts';
import type { FileArray, FileLayer, WeightsFile } from './weights-file.ts';

/** Null where the file is not of this kind. */
export function readKerasH5(file: Group): WeightsFile | null {
  const group = groupIn(file, 'model_weights') ?? file;
  const names = textListAttribute(group, 'layer_names');
  if (!names) return null;
  const config = textAttribute(file, 'model_config');
  return {
    format: 'keras-h5',
    ordered: true,
    config: config === null ? null : JSON.parse(config),
    layers: names.flatMap((name) => readLayer(group, name)),
  };
}

/** A model inside the model is one group with the arrays of many layers. */
function readLayer(group: Group, name: string): FileLayer[] {
  const layer = groupIn(group, name);
  const layers = new Map<string, FileArray[]>();
  for (const path of (layer && textListAttribute(layer, 'weight_names')) ?? []) {
    const parts = path.replace(/:\d+$/, '').split('/');
    const weight = parts.at(-1)!;
    const owner = path.startsWith(`${name}/`) ? name : (parts.at(-2) ?? name);
    if (!layers.has(owner)) layers.set(owner, []);
    layers.get(owner)!.push({ weight, array: arrayIn(layer!, path) });
  }
  return [...layers].map(([owner, arrays]) => ({ name: owner, classPath: null, arrays }));
}

/** Writes a whole model that `keras.saving.load_model` opens. @throws AppError `bad-model` when a weight is missing */
export async function writeKerasH5(path: string, network: Network, weights: NamedWeights): Promise<void> {
  const specs = Map.groupBy(weightSpecs(network), ({ layer }) => layer);
  const layers = kerasLayerOrder(network).filter(({ name }) => specs.has(name));
  await writeHdf5(path, (file) => {
    const text = (group: Group, name: string, value: string) =>
      group.create_attribute(name, value, null, 'S');
    text(file, 'keras_version', '2.15.0');
    text(file, 'backend', 'tensorflow');
    text(file, 'model_config', JSON.stringify(kerasConfig(network, 'legacy')));
    const group = file.create_group('model_weights');
    text(group, 'keras_version', '2.15.0');
    text(group, 'backend', 'tensorflow');
    group.create_attribute(
      'layer_names',
      layers.map(({ name }) => name),
    );
    for (const { name } of layers) {
      const outer = group.create_group(name);
      const inner = outer.create_group(name);
      const own = specs.get(name)!;
      outer.create_attribute(
        'weight_names',
        own.map(({ weight }) => `${name}/${weight}:0`),
      );
      for (const { key, weight } of own) {
        const array = weights.get(key);
        if (!array)
          throw new AppError('bad-model', `Weight "${key}" is missing; the model cannot be exported.`);
        inner.create_dataset({ name: `${weight}:0`, data: array.values, shape: [...array.shape] });
      }
    }
  });
}
