/** Pooling over windows and over whole maps. Runs in the worker. */
import type { LayerOf } from '../../contract/schema/network.ts';
import { floatType, intAttribute, op, stringAttribute } from '../../native-op.ts';
import { type Tensor4D, tf } from '../../tf.ts';
import type { LayerKernel } from './kernel.ts';

type Pool = LayerOf<'max-pool'> | LayerOf<'average-pool'>;

function attributes(layer: Pool) {
  const strides = layer.strides ?? layer.poolSize;
  return [
    floatType,
    intAttribute('ksize', [1, ...layer.poolSize, 1]),
    intAttribute('strides', [1, ...strides, 1]),
    stringAttribute('padding', layer.padding.toUpperCase()),
    stringAttribute('data_format', 'NHWC'),
  ];
}

export const maxPoolKernel: LayerKernel<LayerOf<'max-pool'>> = {
  keeps: () => ({ inputs: true, output: true }),
  forward: (layer, [input]) => ({ output: op('MaxPool', [input!], attributes(layer)) }),
  backward: ({ layer, inputs, output, gradient }) => ({
    inputs: [op('MaxPoolGrad', [inputs[0]!, output, gradient], attributes(layer))],
  }),
};

export const averagePoolKernel: LayerKernel<LayerOf<'average-pool'>> = {
  // the gradient needs the input's shape only, but a freed tensor keeps its shape
  keeps: () => ({ inputs: false, output: false }),
  forward: (layer, [input]) => ({ output: op('AvgPool', [input!], attributes(layer)) }),
  backward: ({ layer, inputs, gradient }) => ({
    inputs: [op('AvgPoolGrad', [tf.tensor1d(inputs[0]!.shape, 'int32'), gradient], attributes(layer))],
  }),
};

export const globalAveragePoolKernel: LayerKernel<LayerOf<'global-average-pool'>> = {
  keeps: () => ({ inputs: false, output: false }),
  forward: (_layer, [input]) => ({ output: tf.mean(input!, [1, 2]) }),
  backward({ inputs, gradient }) {
    const [batch, height, width, channels] = (inputs[0] as Tensor4D).shape;
    const share = gradient.div(height * width).reshape([batch, 1, 1, channels]);
    return { inputs: [tf.tile(share, [1, height, width, 1])] };
  },
};
