/** Files saved by the real Keras (2 and 3, in every format) become networks that predict what Keras predicted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src-main/contract/schema/network.ts';
import { exportKeras } from '../../src-main/models/keras-export.ts';
import { networkFromKeras } from '../../src-main/models/keras-network.ts';
import { kerasLayerOrder } from '../../src-main/models/keras-order.ts';
import type { NamedWeights } from '../../src-main/models/named-weights.ts';
import { createPredictor } from '../../src-main/models/predictor.ts';
import { findWeights, matchWeights } from '../../src-main/models/weights/match.ts';
import { readWeights, readWeightsFile } from '../../src-main/models/weights/read-weights.ts';
import { tf } from '../../src-main/tf.ts';
import predictions from '../golden/models/files/predictions.json' with { type: 'json' };
import { hashImages, hashWeights } from '../support/hash-weights.ts';
import { everyLayerNetwork } from '../support/small-network.ts';

const golden = (name: string): string => new URL(`../golden/models/files/${name}`, import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'lesion-lab-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function predict(network: Network, weights: NamedWeights): number[] {
  const images = tf.tensor4d(hashImages(2, 20, 24), [2, 20, 24, 3]);
  const predictor = createPredictor(network, weights);
  const result = predictor.predict(images);
  const values = [...result.dataSync()];
  predictor.dispose();
  tf.dispose([images, result]);
  return values;
}

function expectClose(values: readonly number[], expected: readonly number[]): void {
  expect(values.length).toBe(expected.length);
  values.forEach((value, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5);
  });
}

const expected = new Map(Object.entries(predictions).map(([name, rows]) => [name, rows.flat()]));
const wholeModels = [...expected.keys()].filter((name) => !name.endsWith('.weights.h5'));

test.each(wholeModels)('%s becomes a network that predicts as Keras did', async (name) => {
  const file = await readWeightsFile(golden(name));
  const network = networkFromKeras(file.config);
  expectClose(predict(network, matchWeights(network, file, name)), expected.get(name)!);
});

test.each(['sequential', 'branched', 'nested', 'unnamed'])(
  '%s.weights.h5 fits the model it was saved from, by name or by number within a class',
  async (name) => {
    const model = name === 'unnamed' ? 'branched' : name;
    const network = networkFromKeras((await readWeightsFile(golden(`${model}.keras`))).config);
    const file = await readWeightsFile(golden(`${name}.weights.h5`));
    const weights = matchWeights(network, file, name);
    expectClose(predict(network, weights), expected.get(`${name}.weights.h5`)!);
  },
);

test('weights are keyed by layer and weight, a depthwise kernel under the name of Keras 2', async () => {
  const weights = await readWeights(golden('keras2-sequential.h5'));
  expect([...weights].map(([key, { shape }]) => [key, shape])).toEqual([
    ['conv2d/kernel', [3, 3, 3, 4]],
    ['conv2d/bias', [4]],
    ['batch_normalization/gamma', [4]],
    ['batch_normalization/beta', [4]],
    ['batch_normalization/moving_mean', [4]],
    ['batch_normalization/moving_variance', [4]],
    ['depthwise_conv2d/depthwise_kernel', [3, 3, 4, 1]],
    ['dense/kernel', [80, 3]],
    ['dense/bias', [3]],
  ]);
});

describe('what is exported comes back', () => {
  const network = everyLayerNetwork();
  const weights = hashWeights(network, 'lively');

  test.each(['keras', 'h5'])('.%s', async (ending) => {
    const path = join(scratch, `export.${ending}`);
    const bytes = await exportKeras({ network, weights }, path);
    expect(bytes).toBe(readFileSync(path).length);
    const file = await readWeightsFile(path);
    const back = networkFromKeras(file.config);
    const found = findWeights(back, file).weights!;
    for (const [key, { values }] of weights) expect([...found.get(key)!.values], key).toEqual([...values]);
    expectClose(predict(back, found), predict(network, weights));
  });

  test.each(['keras', 'h5'])('.%s, unless it is cancelled: then nothing is left', async (ending) => {
    const path = join(scratch, `cancelled.${ending}`);
    await expect(exportKeras({ network, weights }, path, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(scratch).filter((name) => name.startsWith('cancelled'))).toEqual([]);
  });

  test('only as .keras or .h5', async () => {
    await expect(exportKeras({ network, weights }, join(scratch, 'model.onnx'))).rejects.toMatchObject({
      code: 'bad-input',
      message: /\.onnx/,
    });
  });
});

test('a branched model is listed in the order of Keras, whatever the order of writing', async () => {
  const { config } = await readWeightsFile(golden('branched.keras'));
  const names = (config as { config: { layers: { name: string }[] } }).config.layers.map(({ name }) => name);
  const { layers } = networkFromKeras(config);
  const [input, ...rest] = layers;
  // the short branch written first, and both before what they do not need
  const depthFirst = [...rest].sort((a, b) => rank(a.name) - rank(b.name));
  expect(kerasLayerOrder({ layers: [input!, ...depthFirst] }).map(({ name }) => name)).toEqual(names);
  function rank(name: string): number {
    const index = names.indexOf(name);
    return name === 'short' ? names.indexOf('first') + 0.5 : index;
  }
});

describe('what this product has no layer for is refused by name', () => {
  const sequential = (layer: unknown) => ({
    class_name: 'Sequential',
    config: {
      name: 'example',
      layers: [
        { class_name: 'InputLayer', config: { name: 'image', batch_input_shape: [null, 20, 24, 3] } },
        layer,
      ],
    },
  });

  test.each([
    ['LSTM', { class_name: 'LSTM', config: { name: 'memory', units: 3 } }, /"memory" \(LSTM\)/],
    [
      'dilation',
      {
        class_name: 'Conv2D',
        config: { name: 'wide', filters: 2, kernel_size: [3, 3], dilation_rate: [2, 2] },
      },
      /"wide" \(Conv2D\).*dilation_rate is \[2,2\]/,
    ],
    [
      'channels first',
      {
        class_name: 'Conv2D',
        config: { name: 'c', filters: 2, kernel_size: [3, 3], data_format: 'channels_first' },
      },
      /channels_first/,
    ],
    [
      'groups',
      { class_name: 'Conv2D', config: { name: 'g', filters: 3, kernel_size: [3, 3], groups: 3 } },
      /groups is 3/,
    ],
    [
      'another activation',
      { class_name: 'Activation', config: { name: 'a', activation: 'swish' } },
      /"a".*activation/,
    ],
    [
      'leaky ReLU',
      { class_name: 'ReLU', config: { name: 'leak', negative_slope: 0.1 } },
      /negative_slope is 0.1/,
    ],
    [
      'an L1 penalty',
      {
        class_name: 'Dense',
        config: {
          name: 'd',
          units: 3,
          kernel_regularizer: { class_name: 'L1L2', config: { l1: 0.1, l2: 0 } },
        },
      },
      /"d".*L1/,
    ],
  ])('%s', (_, layer, message) => {
    expect(() => networkFromKeras(sequential(layer))).toThrow(
      expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message) }),
    );
  });

  test('a layer that is used twice', () => {
    const model = {
      class_name: 'Functional',
      config: {
        name: 'example',
        layers: [
          {
            class_name: 'InputLayer',
            config: { name: 'i', batch_input_shape: [null, 8, 8, 3] },
            inbound_nodes: [],
          },
          {
            class_name: 'Flatten',
            config: { name: 'f' },
            inbound_nodes: [[['i', 0, 0, {}]], [['i', 0, 0, {}]]],
          },
        ],
        output_layers: [['f', 0, 0]],
      },
    };
    expect(() => networkFromKeras(model)).toThrow(/"f" \(Flatten\).*used 2 times/);
  });
});
