import { describe, expect, it } from 'vitest';
import { Layer, type LayerInput, type Network } from '../../src-main/contract/index.ts';
import { foldBatchNorm } from '../../src-main/models/fold.ts';
import { compileForward } from '../../src-main/models/predictor.ts';
import { weightSpecs } from '../../src-main/models/shapes.ts';
import { tensorOf } from '../../src-main/models/tensor-of.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { tf } from '../../src-main/tf.ts';

const input: LayerInput = { type: 'input', name: 'in', height: 6, width: 5, channels: 3 };
const norm = (name: string, inputs?: string[]): LayerInput => ({
  type: 'batch-norm',
  name,
  ...(inputs && { inputs }),
});
const conv = (name: string, extra: object = {}): LayerInput => ({
  type: 'conv2d',
  name,
  filters: 4,
  kernelSize: [3, 3],
  padding: 'same',
  ...extra,
});

function build(layers: LayerInput[]) {
  const network: Network = { layers: layers.map((layer) => Layer.parse(layer)), backboneLayerCount: 0 };
  const random = createRandom(3);
  const weights = new Map(
    weightSpecs(network).map(({ key, shape, weight }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const positive = weight === 'gamma' || weight === 'moving_variance';
      return [
        key,
        { shape, values: new Float32Array(size).map(() => random.uniform(positive ? 0.5 : -1, 1.5)) },
      ];
    }),
  );
  return { network, weights };
}

/** The definition, one tensor operation at a time: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. */
function plainNorm(
  x: ReturnType<typeof tensorOf>,
  weights: ReturnType<typeof build>['weights'],
  name: string,
) {
  const read = (weight: string) => tensorOf(weights.get(`${name}/${weight}`)!);
  return x
    .sub(read('moving_mean'))
    .div(read('moving_variance').add(1e-3).sqrt())
    .mul(read('gamma'))
    .add(read('beta'));
}

const image = tf.randomUniform([2, 6, 5, 3], -1, 1, 'float32', 5);

describe('foldBatchNorm', () => {
  it.each([
    ['a convolution with bias', conv('c')],
    ['a convolution without bias', conv('c', { useBias: false })],
  ])('keeps the outputs of %s', (_name, layer) => {
    const { network, weights } = build([input, layer, norm('n')]);
    expect(foldBatchNorm(network.layers, weights, ['n']).layers.map(({ type }) => type)).toEqual([
      'input',
      'conv2d',
    ]);
    const folded = compileForward(network.layers, weights, ['n']).run(image).get('n')!;
    const kernel = tensorOf(weights.get('c/kernel')!) as ReturnType<typeof tf.tensor4d>;
    const convolved = tf.conv2d(image as ReturnType<typeof tf.tensor4d>, kernel, 1, 'same');
    const bias = weights.get('c/bias');
    const expected = plainNorm(bias ? convolved.add(tensorOf(bias)) : convolved, weights, 'n');
    expect(folded.sub(expected).abs().max().dataSync()[0]).toBeLessThan(2e-5);
  });

  it("keeps a depthwise convolution's outputs", () => {
    const depthwise: LayerInput = {
      type: 'depthwise-conv2d',
      name: 'd',
      kernelSize: [3, 3],
      padding: 'same',
      useBias: false,
    };
    const { network, weights } = build([input, depthwise, norm('n')]);
    const folded = compileForward(network.layers, weights, ['n']).run(image).get('n')!;
    const kernel = tensorOf(weights.get('d/depthwise_kernel')!) as ReturnType<typeof tf.tensor4d>;
    const convolved = tf.depthwiseConv2d(image as ReturnType<typeof tf.tensor4d>, kernel, 1, 'same');
    expect(
      folded
        .sub(plainNorm(convolved, weights, 'n'))
        .abs()
        .max()
        .dataSync()[0],
    ).toBeLessThan(2e-5);
  });

  it.each([
    ['whose output is wanted', [input, conv('c'), norm('n')], ['c', 'n']],
    [
      'that feeds another layer too',
      [input, conv('c'), norm('n'), { type: 'add', name: 's', inputs: ['c', 'n'] }],
      ['s'],
    ],
    ['with an activation of its own', [input, conv('c', { activation: 'relu' }), norm('n')], ['n']],
  ] satisfies [string, LayerInput[], string[]][])(
    'leaves a convolution alone %s',
    (_name, layers, wanted) => {
      const { network, weights } = build(layers);
      const types = foldBatchNorm(network.layers, weights, wanted).layers.map(({ type }) => type);
      expect(types).toEqual(network.layers.map(({ type }) => type));
    },
  );
});
