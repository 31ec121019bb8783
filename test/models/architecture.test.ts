/** The layer lists against what Keras says about its own models: names, order, connections, shapes, weights. */
import { describe, expect, test } from 'vitest';
import type { Layer, Network } from '../../src-main/contract/schema/network.ts';
import { BACKBONES, findBackbone } from '../../src-main/models/backbones.ts';
import { kerasLayerOrder } from '../../src-main/models/keras-order.ts';
import { inferShapes, inputNames, weightSpecs } from '../../src-main/models/shapes.ts';
import { loadBackboneWeights } from '../../src-main/models/weights/backbone-weights.ts';
import golden from '../golden/models/architectures.json' with { type: 'json' };

const BUNDLED = [new URL('../../resources/weights', import.meta.url).pathname];

type KerasLayer = [string, string, number[], string[], Record<string, number[]>];

const KERAS_CLASS: Record<Layer['type'], string[]> = {
  input: ['InputLayer'],
  conv2d: ['Conv2D'],
  'depthwise-conv2d': ['DepthwiseConv2D'],
  'batch-norm': ['BatchNormalization'],
  activation: ['ReLU', 'Activation'],
  'zero-padding': ['ZeroPadding2D'],
  'max-pool': ['MaxPooling2D'],
  'average-pool': ['AveragePooling2D'],
  'global-average-pool': ['GlobalAveragePooling2D'],
  flatten: ['Flatten'],
  dense: ['Dense'],
  dropout: ['Dropout'],
  add: ['Add'],
  concat: ['Concatenate'],
};

function network(id: string, height: number, width: number): Network {
  return { layers: findBackbone(id).layers(height, width), backboneLayerCount: 0 };
}

describe.each(Object.entries(golden))('%s', (id, layers) => {
  const keras = layers as KerasLayer[];
  const ours = network(id, 100, 125);

  test('has the layers of Keras in the order of Keras', () => {
    expect(ours.layers.map((layer) => layer.name)).toEqual(keras.map(([name]) => name));
    ours.layers.forEach((layer, index) => {
      expect(KERAS_CLASS[layer.type], layer.name).toContain(keras[index]![1]);
    });
  });

  test('is in the order that Keras works out from the connections', () => {
    expect(kerasLayerOrder(ours).map((layer) => layer.name)).toEqual(keras.map(([name]) => name));
  });

  test('connects them as Keras does, with the same shapes at an odd width', () => {
    const shapes = inferShapes(ours);
    keras.forEach(([name, , shape, sources], index) => {
      expect(shapes.get(name), name).toEqual(shape);
      expect(inputNames(ours.layers, index), name).toEqual(sources);
    });
  });

  test('has the weights of Keras', () => {
    const expected = keras.flatMap(([layer, type, , , weights]) =>
      Object.entries(weights).map(([name, shape]) => {
        const weight = type === 'DepthwiseConv2D' && name === 'kernel' ? 'depthwise_kernel' : name;
        return [`${layer}/${weight}`, shape];
      }),
    );
    expect(weightSpecs(ours).map(({ key, shape }) => [key, shape])).toEqual(expected);
  });
});

test('the counts of layers that "last 23 layers" refers to', () => {
  const counts = BACKBONES.map(({ id, layers }) => [id, layers(100, 125).length]);
  expect(counts).toEqual([
    ['mobilenet_v1', 86],
    ['resnet50', 175],
    ['densenet121', 427],
    ['efficientnet_lite0', 141],
  ]);
});

test.each(['mobilenet_v1', 'efficientnet_lite0'] as const)('bundled weights fit %s exactly', (id) => {
  const weights = loadBackboneWeights(id, BUNDLED);
  const listed = [...(weights ?? [])].map(([key, { shape, values }]) => [key, shape, values.length]);
  const expected = weightSpecs(network(id, 100, 125)).map(({ key, shape }) => [
    key,
    shape,
    shape.reduce((product, size) => product * size, 1),
  ]);
  expect(listed.toSorted()).toEqual(expected.toSorted());
});

test('every backbone takes images down to 32 x 32 and ends in one pixel', () => {
  for (const { id } of BACKBONES) {
    const shapes = [...inferShapes(network(id, 32, 32)).values()];
    expect(shapes.at(-1)?.slice(0, 2), id).toEqual([1, 1]);
  }
});
