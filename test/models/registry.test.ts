/** The list of models: what each builds, and that the published presets are the published experiments. */
import { describe, expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { Network } from '../../src-main/contract/schema/network.ts';
import type { BuildOptions } from '../../src-main/models/descriptor.ts';
import { defaultConfig, findModel, MODELS, presetConfig } from '../../src-main/models/registry.ts';
import { inferShapes, weightSpecs } from '../../src-main/models/shapes.ts';

const options: BuildOptions = {
  heightPx: 100,
  widthPx: 125,
  classCount: 7,
  headDropout: null,
  headBatchNorm: false,
  headL2: 0,
};

function summary(id: string, change: Partial<BuildOptions> = {}): string[] {
  const network = findModel(id).build({ ...options, ...change });
  return network.layers.slice(network.backboneLayerCount).map((layer) => {
    if (layer.type === 'dropout') return `dropout ${layer.rate}`;
    if (layer.type === 'dense')
      return `dense ${layer.units} ${layer.activation} ${layer.initialiser} l2 ${layer.l2}`;
    if (layer.type === 'conv2d')
      return `conv ${layer.filters} ${layer.kernelSize} ${layer.padding} ${layer.activation}`;
    return layer.type;
  });
}

test('the models are the seven of the published table and EfficientNet-Lite0', () => {
  expect(MODELS.map(({ id }) => id)).toEqual([
    'nn1',
    'cnn1',
    'cnn2',
    'mobile_net',
    'res_net',
    'dense_net',
    'mobile_net2',
    'efficientnet_lite0',
  ]);
});

test.each(MODELS)('$id builds a valid network of the right outputs, down to its smallest image', (model) => {
  for (const size of [model.minimumSizePx, 100]) {
    const network = model.build({ ...options, heightPx: size, widthPx: size, classCount: 3 });
    expect(Network.parse(network)).toEqual(network);
    expect(inferShapes(network).get(network.layers.at(-1)!.name)).toEqual([3]);
  }
  const tooSmall = { ...options, heightPx: model.minimumSizePx - 1 };
  expect(() => model.build(tooSmall)).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      message: expect.stringContaining(String(model.minimumSizePx)),
    }),
  );
});

test.each([
  // with the 7-class head; of the backbone as Keras counts them
  ['nn1', 2_417_159],
  ['cnn1', 1_528_007],
  ['mobile_net', 3_228_864 + 7 * 1025],
  ['res_net', 23_587_712 + 7 * 2049],
  ['dense_net', 7_037_504 + 7 * 1025],
])('%s has %i parameters', (id, count) => {
  const specs = weightSpecs(findModel(id).build(options));
  expect(specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(count);
});

describe('heads and baselines are as published', () => {
  test('nn1', () => {
    const hidden = Array.from({ length: 5 }, () => 'dense 64 relu uniform-0.05 l2 0');
    expect(summary('nn1')).toEqual(['input', 'flatten', ...hidden, 'dense 7 softmax glorot-uniform l2 0']);
  });

  test.each(['cnn1', 'cnn2'])('%s, with the dropout of the code; the one of the README is a switch', (id) => {
    const block = (rate: number) => ['conv 32 3,3 same relu', 'max-pool', `dropout ${rate}`];
    const layers = [
      'input',
      ...[0.15, 0.225, 0.3375].flatMap(block),
      'flatten',
      'dense 256 relu glorot-uniform l2 0',
      'dense 128 relu glorot-uniform l2 0',
    ];
    const last = 'dense 7 softmax glorot-uniform l2 0';
    expect(summary(id)).toEqual([...layers, 'dropout 0.50625', last]);
    expect(summary(id, { headDropout: 0.34 })).toEqual([...layers, 'dropout 0.34', last]);
    expect(summary(id, { headDropout: 0 })).toEqual([...layers, last]);
  });

  test.each([
    ['mobile_net', 0.3],
    ['res_net', 0.3],
    ['dense_net', 0.3],
    ['mobile_net2', 0.5],
  ])('%s: pool, dropout %d, dense', (id, rate) => {
    expect(summary(id)).toEqual([
      'global-average-pool',
      `dropout ${rate}`,
      'dense 7 softmax glorot-uniform l2 0',
    ]);
  });

  test("the README's mobile_net2 has a batch norm that the code does not", () => {
    const preset = TrainingConfig.parse(presetConfig('mobile_net2'));
    expect(preset.headBatchNorm).toBe(false);
    expect(summary('mobile_net2', { headBatchNorm: true, headL2: preset.headL2 })).toEqual([
      'global-average-pool',
      'batch-norm',
      'dropout 0.5',
      'dense 7 softmax glorot-uniform l2 0.001',
    ]);
  });
});

describe('published presets', () => {
  test.each(MODELS.filter(({ results }) => results))('$id shares the protocol', ({ id }) => {
    expect(TrainingConfig.parse(presetConfig(id))).toMatchObject({
      model: id,
      imageWidthPx: 125,
      imageHeightPx: 100,
      normalisation: 'z-score',
      zScoreFit: 'train+validation',
      zScoreTest: 'own',
      splitMethod: 'image',
      trainFraction: 0.675,
      validationFraction: 0.075,
      calibrationFraction: 0,
      testFraction: 0.25,
      batchSize: 10,
      optimiser: 'adam',
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      loss: 'cross-entropy',
      classWeights: 'none',
      restoreBest: false,
      earlyStoppingPatience: null,
      dropMissing: true,
      dropAgeZero: true,
      dropUnknown: true,
    });
  });

  // id, learning rate, schedule, epochs, trainable layers, rotation, zoom, shift
  test.each([
    ['nn1', 0.00075, 'constant', 50, 'all', 0, 0, 0],
    ['cnn1', 0.0001, 'constant', 50, 'all', 0, 0, 0],
    ['cnn2', 0.0001, 'plateau', 50, 'all', 10, 0.1, 0.12],
    ['mobile_net', 0.0001, 'plateau', 50, 23, 10, 0.1, 0.12],
    ['res_net', 0.0001, 'plateau', 50, 23, 10, 0.1, 0.12],
    ['dense_net', 0.0001, 'plateau', 50, 23, 10, 0.1, 0.12],
    ['mobile_net2', 0.001, 'plateau', 500, 50, 30, 0.3, 0.12],
  ] as const)('%s', (id, learningRate, schedule, epochs, trainableLayers, rotation, zoom, shift) => {
    const preset = TrainingConfig.parse(presetConfig(id));
    expect(preset).toMatchObject({
      learningRate,
      schedule,
      epochs,
      trainableLayers,
      rotationDegrees: rotation,
      zoomFraction: zoom,
      shiftFraction: shift,
      flipHorizontal: rotation > 0,
      flipVertical: rotation > 0,
    });
    if (schedule === 'plateau') {
      expect(preset).toMatchObject({
        plateauMonitor: 'accuracy',
        plateauPatience: 5,
        plateauFactor: 0.5,
        minimumLearningRate: 1e-5,
      });
    }
  });

  test('test statistics are used by the published presets alone', () => {
    for (const { id } of MODELS) {
      expect(TrainingConfig.parse(defaultConfig(id)), id).toMatchObject({
        zScoreTest: 'train',
        splitMethod: 'lesion',
      });
    }
  });

  test('an override wins', () => {
    expect(presetConfig('mobile_net', { epochs: 3 })).toMatchObject({
      model: 'mobile_net',
      epochs: 3,
      batchSize: 10,
    });
  });
});

test('an unknown model is answered with the nearest', () => {
  expect(() => findModel('mobilenet')).toThrow(
    expect.objectContaining({
      code: 'not-found',
      message: expect.stringContaining('did you mean "mobile_net"?'),
    }),
  );
});

test.each([
  ['nn1', { headBatchNorm: true }, /no pooling/],
  ['mobile_net', { headDropout: 1 }, /headDropout.*received 1/],
  ['mobile_net', { classCount: 1 }, /at least 2 classes/],
] as const)('%s refuses %j', (id, change, message) => {
  expect(() => findModel(id).build({ ...options, ...change })).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) }),
  );
});
