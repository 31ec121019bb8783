/**
 * Convolutions. Runs in the worker.
 *
 * A 1 x 1 convolution of stride 1 that trains is written as a matrix product over reshaped pixels: TensorFlow's CPU
 * gradient of such a convolution with respect to its input costs five times the equal product.
 */
import type { LayerOf } from '../../contract/schema/network.ts';
import { boolAttribute, floatType, intAttribute, op, stringAttribute } from '../../native-op.ts';
import { type Tensor, type Tensor4D, tf } from '../../tf.ts';
import { activate, activationGradient } from './activation.ts';
import type { BackwardStep, LayerKernel } from './kernel.ts';

type Convolution = LayerOf<'conv2d'> | LayerOf<'depthwise-conv2d'>;

const transposeFirst = [floatType, boolAttribute('transpose_a', true), boolAttribute('transpose_b', false)];
const transposeSecond = [floatType, boolAttribute('transpose_a', false), boolAttribute('transpose_b', true)];

function attributes(layer: Convolution) {
  return [
    floatType,
    intAttribute('strides', [1, layer.strides[0], layer.strides[1], 1]),
    stringAttribute('padding', layer.padding.toUpperCase()),
    stringAttribute('data_format', 'NHWC'),
    intAttribute('dilations', [1, 1, 1, 1]),
  ];
}

function isPointwise(layer: LayerOf<'conv2d'>): boolean {
  return [...layer.kernelSize, ...layer.strides].every((size) => size === 1);
}

/** Adds the bias and the activation to a fresh convolution result, freeing what is between. */
function finish(layer: Convolution, convolved: Tensor, bias: Tensor | undefined): Tensor {
  let value = convolved;
  if (bias) {
    value = op('BiasAdd', [convolved, bias]);
    convolved.dispose();
  }
  const output = activate(layer.activation, value);
  if (output !== value) value.dispose();
  return output;
}

/** The gradient before activation and bias, and the bias's own. */
function unfinish(step: BackwardStep<Convolution>): { inner: Tensor; weights: Map<string, Tensor> } {
  const inner = activationGradient(step.layer.activation, step.output, step.gradient);
  const weights = new Map<string, Tensor>();
  if (step.layer.useBias) weights.set('bias', op('BiasAddGrad', [inner]));
  return { inner, weights };
}

const keeps = (layer: Convolution) => ({ inputs: true, output: layer.activation !== 'linear' });

export const convolutionKernel: LayerKernel<LayerOf<'conv2d'>> = {
  keeps,
  forward(layer, [input], weights, { training }) {
    const kernel = weights.get('kernel')!;
    const convolved =
      training && isPointwise(layer)
        ? pointwise(input as Tensor4D, kernel)
        : op('Conv2D', [input!, kernel], attributes(layer));
    return { output: finish(layer, convolved, weights.get('bias')) };
  },
  backward(step) {
    const { layer, wantsInputs } = step;
    const [input] = step.inputs as [Tensor4D];
    const kernel = step.weights.get('kernel')!;
    const { inner, weights } = unfinish(step);
    if (isPointwise(layer)) {
      const [, , channels, filters] = kernel.shape as [number, number, number, number];
      const rows = inner.reshape([-1, filters]);
      const product = op('MatMul', [input.reshape([-1, channels]), rows], transposeFirst);
      weights.set('kernel', product.reshape(kernel.shape));
      if (!wantsInputs) return { inputs: [], weights };
      const below = op('MatMul', [rows, kernel.reshape([channels, filters])], transposeSecond);
      return { inputs: [below.reshape(input.shape)], weights };
    }
    weights.set('kernel', op('Conv2DBackpropFilter', [input, sizes(kernel), inner], attributes(layer)));
    if (!wantsInputs) return { inputs: [], weights };
    return { inputs: [op('Conv2DBackpropInput', [sizes(input), kernel, inner], attributes(layer))], weights };
  },
};

export const depthwiseKernel: LayerKernel<LayerOf<'depthwise-conv2d'>> = {
  keeps,
  forward(layer, [input], weights) {
    const convolved = op(
      'DepthwiseConv2dNative',
      [input!, weights.get('depthwise_kernel')!],
      attributes(layer),
    );
    return { output: finish(layer, convolved, weights.get('bias')) };
  },
  backward(step) {
    const { layer, wantsInputs } = step;
    const input = step.inputs[0]!;
    const kernel = step.weights.get('depthwise_kernel')!;
    const { inner, weights } = unfinish(step);
    weights.set(
      'depthwise_kernel',
      op('DepthwiseConv2dNativeBackpropFilter', [input, sizes(kernel), inner], attributes(layer)),
    );
    if (!wantsInputs) return { inputs: [], weights };
    return {
      inputs: [op('DepthwiseConv2dNativeBackpropInput', [sizes(input), kernel, inner], attributes(layer))],
      weights,
    };
  },
};

/** [batch, height, width, channels] x [1, 1, channels, filters] as one matrix product. */
function pointwise(input: Tensor4D, kernel: Tensor): Tensor {
  const [, , channels, filters] = kernel.shape as [number, number, number, number];
  const [batch, height, width] = input.shape;
  return tf
    .matMul(input.reshape([-1, channels]), kernel.reshape([channels, filters]))
    .reshape([batch, height, width, filters]);
}

function sizes(value: Tensor): Tensor {
  return tf.tensor1d(value.shape, 'int32');
}
