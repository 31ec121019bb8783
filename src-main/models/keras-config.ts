/**
 * A network written as Keras writes one. Runs in the worker; makes plain data only. Two dialects: `legacy` (Keras 2; in .h5 files and
 * in the layers format of TensorFlow.js) and `v3` (Keras 3; in .keras files). Initialisers are left out: weights come with it.
 */
import type { Layer, Network } from '../contract/schema/network.ts';
import { kerasLayerOrder } from './keras-order.ts';
import { inferShapes, inputNames, type Shape } from './shapes.ts';

export type KerasDialect = 'legacy' | 'v3';
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Keras's class of each type of layer; an activation of `relu6` is a ReLU with a maximum. */
const CLASSES: Record<Layer['type'], string> = {
  input: 'InputLayer',
  conv2d: 'Conv2D',
  'depthwise-conv2d': 'DepthwiseConv2D',
  'batch-norm': 'BatchNormalization',
  activation: 'Activation',
  'zero-padding': 'ZeroPadding2D',
  'max-pool': 'MaxPooling2D',
  'average-pool': 'AveragePooling2D',
  'global-average-pool': 'GlobalAveragePooling2D',
  flatten: 'Flatten',
  dense: 'Dense',
  dropout: 'Dropout',
  add: 'Add',
  concat: 'Concatenate',
};

export function kerasClass(layer: Layer): string {
  return layer.type === 'activation' && layer.activation === 'relu6' ? 'ReLU' : CLASSES[layer.type];
}

/** The whole model's configuration, layers in Keras's order. */
export function kerasConfig(network: Network, dialect: KerasDialect): JsonObject {
  const shapes = inferShapes(network);
  const indexOf = new Map(network.layers.map((layer, index) => [layer.name, index]));
  const layers = kerasLayerOrder(network).map((original) => {
    const layer = withoutEmptyFlatten(original, network, shapes);
    const inputs = inputNames(network.layers, indexOf.get(layer.name)!);
    return {
      ...(dialect === 'v3' && { module: 'keras.layers', registered_name: null }),
      class_name: kerasClass(layer),
      config: { name: layer.name, ...layerConfig(layer, dialect) },
      name: layer.name,
      inbound_nodes: inboundNodes(inputs, shapes, dialect),
    };
  });
  const end = (layer: Layer): Json => (dialect === 'v3' ? [layer.name, 0, 0] : [[layer.name, 0, 0]]);
  return {
    // where Keras 3 itself says that the class is; it has no public name
    ...(dialect === 'v3' && { module: 'keras.src.models.functional', registered_name: 'Functional' }),
    class_name: 'Functional',
    config: {
      name: 'lesion_lab',
      trainable: true,
      layers,
      input_layers: end(network.layers[0]!),
      output_layers: end(network.layers.at(-1)!),
    },
  };
}

/** TensorFlow.js refuses to flatten what is flat. */
function withoutEmptyFlatten(layer: Layer, network: Network, shapes: ReadonlyMap<string, Shape>): Layer {
  if (layer.type !== 'flatten') return layer;
  const [input] = inputNames(network.layers, network.layers.indexOf(layer));
  if (shapes.get(input!)!.length > 1) return layer;
  return { type: 'activation', name: layer.name, inputs: [input!], activation: 'linear' };
}

function inboundNodes(
  inputs: readonly string[],
  shapes: ReadonlyMap<string, Shape>,
  dialect: KerasDialect,
): Json {
  if (inputs.length === 0) return [];
  if (dialect === 'legacy') return [inputs.map((name): Json => [name, 0, 0, {}])];
  const tensors = inputs.map(
    (name): Json => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, ...shapes.get(name)!], dtype: 'float32', keras_history: [name, 0, 0] },
    }),
  );
  return [{ args: tensors.length > 1 ? [tensors] : tensors, kwargs: {} }];
}

function layerConfig(layer: Layer, dialect: KerasDialect): JsonObject {
  switch (layer.type) {
    case 'input': {
      const shape = [null, layer.height, layer.width, layer.channels];
      return {
        dtype: 'float32',
        sparse: false,
        [dialect === 'v3' ? 'batch_shape' : 'batch_input_shape']: shape,
      };
    }
    case 'conv2d':
      return {
        filters: layer.filters,
        ...window(layer),
        ...unit(layer),
        kernel_regularizer: regularizer(layer.l2, dialect),
      };
    case 'depthwise-conv2d':
      return { depth_multiplier: 1, ...window(layer), ...unit(layer) };
    case 'dense':
      return { units: layer.units, ...unit(layer), kernel_regularizer: regularizer(layer.l2, dialect) };
    case 'batch-norm':
      return {
        axis: -1,
        momentum: layer.momentum,
        epsilon: layer.epsilon,
        center: layer.center,
        scale: layer.scale,
      };
    case 'activation':
      return layer.activation === 'relu6' ? { max_value: 6 } : { activation: layer.activation };
    case 'zero-padding':
      return { padding: layer.padding, data_format: 'channels_last' };
    case 'max-pool':
    case 'average-pool':
      return {
        pool_size: layer.poolSize,
        strides: layer.strides ?? layer.poolSize,
        padding: layer.padding,
        data_format: 'channels_last',
      };
    case 'global-average-pool':
    case 'flatten':
      return { data_format: 'channels_last' };
    case 'dropout':
      return { rate: layer.rate };
    case 'concat':
      return { axis: -1 };
    case 'add':
      return {};
  }
}

function window(layer: {
  kernelSize: [number, number];
  strides: [number, number];
  padding: string;
}): JsonObject {
  return {
    kernel_size: layer.kernelSize,
    strides: layer.strides,
    padding: layer.padding,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
  };
}

function unit(layer: { useBias: boolean; activation: string }): JsonObject {
  return { use_bias: layer.useBias, activation: layer.activation };
}

function regularizer(l2: number, dialect: KerasDialect): Json {
  if (l2 === 0) return null;
  if (dialect === 'legacy') return { class_name: 'L1L2', config: { l1: 0, l2 } };
  return { module: 'keras.regularizers', class_name: 'L2', config: { l2 }, registered_name: null };
}
