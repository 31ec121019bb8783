/** Dense layer: [batch, features] x [features, units]. Runs in the worker. */
import type { LayerOf } from '../../contract/schema/network.ts';
import { op } from '../../native-op.ts';
import type { Tensor, Tensor2D } from '../../tf.ts';
import { activate, activationGradient } from './activation.ts';
import type { LayerKernel } from './kernel.ts';

export const denseKernel: LayerKernel<LayerOf<'dense'>> = {
  keeps: (layer) => ({ inputs: true, output: layer.activation !== 'linear' }),
  forward(layer, [input], weights) {
    const product = (input as Tensor2D).matMul(weights.get('kernel') as Tensor2D);
    const bias = weights.get('bias');
    return { output: activate(layer.activation, bias ? op('BiasAdd', [product, bias]) : product) };
  },
  backward({ layer, inputs, output, weights, gradient, wantsInputs }) {
    const inner = activationGradient(layer.activation, output, gradient) as Tensor2D;
    const ours = new Map<string, Tensor>([['kernel', (inputs[0] as Tensor2D).matMul(inner, true, false)]]);
    if (layer.useBias) ours.set('bias', op('BiasAddGrad', [inner]));
    if (!wantsInputs) return { inputs: [], weights: ours };
    return { inputs: [inner.matMul(weights.get('kernel') as Tensor2D, false, true)], weights: ours };
  },
};
