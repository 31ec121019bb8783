/** Grad-CAM, logits and penultimate features against the real Keras on the same weights and images. */
import { describe, expect, test } from 'vitest';
import { Layer, type Network } from '../../src-main/contract/schema/network.ts';
import { findBackbone } from '../../src-main/models/backbones.ts';
import { createFeatureExtractor, disposeFeatures } from '../../src-main/models/features.ts';
import { createGradCam, lastMapLayer } from '../../src-main/models/grad-cam.ts';
import { poolingHead } from '../../src-main/models/head.ts';
import { kindLayer } from '../../src-main/models/logits.ts';
import { compileForward, createPredictor } from '../../src-main/models/predictor.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { type Tensor4D, tf } from '../../src-main/tf.ts';
import golden from '../golden/models/grad-cam.json' with { type: 'json' };
import { hashImages, hashWeights, projectionSigns } from '../support/hash-weights.ts';
import { goldenNetwork, loadKerasGolden } from '../support/keras-golden.ts';

const { height, width, classes, images } = golden;

/** With the dropout that the product has, which does nothing here. */
function networkOf(name: string): Network {
  if (name === 'cnn1') return goldenNetwork(loadKerasGolden('cnn1'), 0);
  const [backbone] = name.split(' ');
  const layers = findBackbone(backbone!).layers(height, width);
  const batchNorm = name.endsWith('batch norm');
  const head = poolingHead({ classCount: classes, dropout: 0.2, batchNorm, l2: 0 });
  return { layers: [...layers, ...head], backboneLayerCount: layers.length };
}

function batch(): Tensor4D {
  return tf.tensor4d(hashImages(images, height, width), [images, height, width, 3]);
}

/** Largest difference, relative to the largest expected magnitude. */
function deviation(ours: ArrayLike<number>, expected: readonly number[]): number {
  expect(ours.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - ours[index]!))) / (scale || 1);
}

describe.each(Object.entries(golden.cases))('%s', (name, expected) => {
  const network = networkOf(name);
  const weights = hashWeights(network, 'lively');

  test("has Keras's heat map of every class for every image, and keeps no tensor", () => {
    const before = tf.memory().numTensors;
    const cam = createGradCam(network, weights);
    const input = batch();
    expect(cam.reads[0]).toBe(expected.mapLayer);
    for (let wanted = 0; wanted < classes; wanted++) {
      const maps = cam.explain(input, Array<number>(images).fill(wanted));
      maps.forEach((map, image) => {
        expect([map.classIndex, map.height, map.width]).toEqual([wanted, ...expected.mapSize]);
        expect(deviation(map.values, expected.maps[wanted]![image]!)).toBeLessThan(1e-3);
      });
    }
    cam.dispose();
    input.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('explains another class for each image', () => {
    const cam = createGradCam(network, weights);
    const input = batch();
    const maps = cam.explain(input, [3, 0]);
    expect(deviation(maps[0]!.values, expected.maps[3]![0]!)).toBeLessThan(1e-3);
    expect(deviation(maps[1]!.values, expected.maps[0]![1]!)).toBeLessThan(1e-3);
    cam.dispose();
    input.dispose();
  });

  test('has the maps of all classes of one picture at once', () => {
    const before = tf.memory().numTensors;
    const cam = createGradCam(network, weights);
    const extractor = createFeatureExtractor(network, weights, cam.reads);
    const input = batch();
    const second = input.slice([1], [1]);
    const answer = extractor.run(second);
    const maps = cam.mapsOfAll(answer.others);
    expect(maps.map(({ classIndex }) => classIndex)).toEqual(expected.maps.map((_, wanted) => wanted));
    for (const { classIndex, values } of maps) {
      expect(deviation(values, expected.maps[classIndex]![1]!)).toBeLessThan(1e-3);
      const [alone] = cam.mapsOf(answer.others, [classIndex]);
      expect(deviation(values, [...alone!.values])).toBeLessThan(1e-5);
    }
    disposeFeatures(answer);
    tf.dispose([input, second]);
    extractor.dispose();
    cam.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("gives Keras's logits and features, and the heat map, from one pass", () => {
    const before = tf.memory().numTensors;
    const cam = createGradCam(network, weights);
    const extractor = createFeatureExtractor(network, weights, cam.reads);
    const input = batch();
    const answer = extractor.run(input);
    const logits = answer.logits.arraySync();
    const features = answer.features.arraySync();
    const signs = projectionSigns(8, extractor.dims);
    for (let image = 0; image < images; image++) {
      expect(deviation(logits[image]!, expected.logits[image]!)).toBeLessThan(1e-4);
      expect(Math.abs(Math.hypot(...features[image]!) / expected.norm[image]! - 1)).toBeLessThan(1e-5);
      const projected = signs.map((sign) => sign.reduce((sum, s, i) => sum + s * features[image]![i]!, 0));
      expect(deviation(projected, expected.projections[image]!)).toBeLessThan(1e-4);
    }
    const maps = cam.mapsOf(answer.others, [1, 1]);
    maps.forEach((map, image) => {
      expect(deviation(map.values, expected.maps[1]![image]!)).toBeLessThan(1e-3);
    });
    disposeFeatures(answer);
    tf.dispose(input);
    extractor.dispose();
    cam.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('features that tell a picture of the trained kind from another', () => {
  test.each([
    ['cnn1', 'conv2d_2'],
    ['mobile_net', 'conv_pw_11_relu'],
    ['res_net', 'conv4_block6_out'],
    ['dense_net', 'pool4_conv'],
    ['efficientnet_lite0', 'block6a_expand_activation'],
    ['nn1', null],
  ])('of %s are read from %s', (model, layer) => {
    const head = { classCount: 7, headDropout: 0.3, headBatchNorm: false, headL2: 0 };
    const { layers } = findModel(model).build({ widthPx: 160, heightPx: 120, ...head });
    expect(kindLayer(layers)).toBe(layer);
  });

  test('are the means over that map', () => {
    const before = tf.memory().numTensors;
    const network = networkOf('mobilenet_v1');
    const weights = hashWeights(network, 'lively');
    const input = batch();
    const map = 'conv_pw_11_relu';
    for (const others of [[], [map]]) {
      const extractor = createFeatureExtractor(network, weights, others);
      const forward = compileForward(network.layers, weights, [map]);
      const answer = extractor.run(input);
      const values = forward.run(input).get(map)! as Tensor4D;
      const [, rows, columns, channels] = values.shape;
      const flat = values.dataSync();
      const sums = new Float64Array(images * channels);
      flat.forEach((value, at) => {
        const image = Math.floor(at / (rows * columns * channels));
        sums[image * channels + (at % channels)]! += value;
      });
      expect(extractor.kindDims).toBe(channels);
      const means = [...sums].map((sum) => sum / (rows * columns));
      expect(deviation(answer.kindFeatures.dataSync(), means)).toBeLessThan(1e-5);
      values.dispose();
      disposeFeatures(answer);
      forward.dispose();
      extractor.dispose();
    }
    input.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('are the penultimate ones of a network without convolutions', () => {
    const network = goldenNetwork(loadKerasGolden('nn1'), 0);
    const extractor = createFeatureExtractor(network, hashWeights(network, 'lively'));
    const input = batch();
    const answer = extractor.run(input);
    expect(answer.kindFeatures).toBe(answer.features);
    expect(extractor.kindDims).toBe(extractor.dims);
    disposeFeatures(answer);
    input.dispose();
    extractor.dispose();
  });
});

test('logits are those of the probabilities that the model answers with', () => {
  const network = networkOf('cnn1');
  const weights = hashWeights(network, 'lively');
  const input = batch();
  const predictor = createPredictor(network, weights);
  const extractor = createFeatureExtractor(network, weights);
  const expected = predictor.predict(input).arraySync();
  const answer = extractor.run(input);
  const ours = tf.softmax(answer.logits).arraySync() as number[][];
  ours.forEach((row, image) => {
    expect(deviation(row, expected[image]!)).toBeLessThan(1e-5);
  });
  disposeFeatures(answer);
  input.dispose();
  predictor.dispose();
  extractor.dispose();
});

test('a network of dense layers has no map, and says so', () => {
  const network = goldenNetwork(loadKerasGolden('nn1'), 0);
  expect(lastMapLayer(network)).toBeNull();
  expect(() => createGradCam(network, hashWeights(network, 'lively'))).toThrow(
    'Choose a convolutional model',
  );
});

test('refuses a class that the model does not have, and another number of images than it was asked for', () => {
  const network = networkOf('cnn1');
  const cam = createGradCam(network, hashWeights(network, 'lively'));
  const input = batch();
  expect(() => cam.explain(input, [0, 7])).toThrow('one class from 0 to 6 for each of 2 images');
  expect(() => cam.explain(input, [0])).toThrow('received [0]');
  const two = new Map(cam.reads.map((name) => [name, tf.zeros([2, 3, 3, 1])]));
  expect(() => cam.mapsOfAll(two)).toThrow('one image at a time; received 2');
  tf.dispose([input, ...two.values()]);
  cam.dispose();
});

test('a head that joins an earlier map with the last one is explained by the last', () => {
  const layers = [
    { type: 'input', name: 'in', height: 8, width: 8, channels: 3 },
    { type: 'conv2d', name: 'early', filters: 2, kernelSize: [3, 3], padding: 'same', activation: 'relu' },
    { type: 'global-average-pool', name: 'early_pool' },
    { type: 'conv2d', name: 'late', inputs: ['early'], filters: 3, kernelSize: [3, 3], activation: 'relu' },
    { type: 'global-average-pool', name: 'late_pool' },
    { type: 'concat', name: 'both', inputs: ['early_pool', 'late_pool'] },
    { type: 'dense', name: 'scores', units: 2 },
    { type: 'activation', name: 'softmax', activation: 'softmax' },
  ].map((layer) => Layer.parse(layer));
  const network: Network = { layers, backboneLayerCount: 0 };
  // the pooled features reach the score by the kernel alone: rows 2 to 4 are those of the late map
  const slopes = [0.5, -1, 0.75];
  const kernel = [0, 9, 0, 9, ...slopes.flatMap((slope) => [0, slope])];
  const weights = new Map([
    ...hashWeights(network, 'lively'),
    ['scores/kernel', { shape: [5, 2], values: Float32Array.from(kernel) }],
  ]);
  const cam = createGradCam(network, weights);
  expect(cam.reads).toEqual(['late', 'early_pool']);
  const late = tf.randomUniform([1, 6, 6, 3], 0, 1, 'float32', 3);
  const values = new Map([
    ['late', late],
    ['early_pool', tf.zeros([1, 2])],
  ]);
  const [map] = cam.mapsOf(values, [1]);
  const pixels = (late.arraySync() as number[][][][])[0]!.flat();
  const evidence = pixels.map((pixel) =>
    Math.max(
      0,
      pixel.reduce((sum, value, channel) => sum + value * slopes[channel]!, 0),
    ),
  );
  expect(evidence).toContain(0);
  const largest = Math.max(...evidence);
  const expected = evidence.map((value) => value / largest);
  expect(deviation(map!.values, expected)).toBeLessThan(1e-5);
  tf.dispose([...values.values()]);
  cam.dispose();
});
