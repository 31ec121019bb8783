/**
 * Batch normalisation (Ioffe & Szegedy 2015) as one fused operation with its own gradient operation. Runs in the worker.
 *
 * Training normalises with the batch's mean and variance and moves the stored ones towards them by Keras 3's rule:
 * moving = moving * momentum + batch * (1 - momentum), with the batch's variance over n (not n - 1).
 */
import type { LayerOf } from '../../contract/schema/network.ts';
import {
  boolAttribute,
  floatAttribute,
  floatType,
  ops,
  stringAttribute,
  typeAttribute,
} from '../../native-op.ts';
import { type Tensor, tf } from '../../tf.ts';
import type { LayerKernel, LayerWeights } from './kernel.ts';

type BatchNorm = LayerOf<'batch-norm'>;

function attributes(layer: BatchNorm, training: boolean) {
  return [
    floatType,
    typeAttribute('U', 'float32'),
    floatAttribute('epsilon', layer.epsilon),
    stringAttribute('data_format', 'NHWC'),
    boolAttribute('is_training', training),
  ];
}

function scaleAndCentre(weights: LayerWeights): [Tensor, Tensor] {
  const size = weights.get('moving_mean')!.shape;
  return [weights.get('gamma') ?? tf.ones(size), weights.get('beta') ?? tf.zeros(size)];
}

/** The fused operation takes maps alone; [batch, features] goes through as [batch, 1, 1, features]. */
function asMap(value: Tensor): Tensor {
  return value.rank === 4 ? value : value.reshape([value.shape[0]!, 1, 1, value.shape[1]!]);
}

export const batchNormKernel: LayerKernel<BatchNorm> = {
  keeps: () => ({ inputs: true, output: false }),
  forward(layer, [input], weights, { training }) {
    const [gamma, beta] = scaleAndCentre(weights);
    const movingMean = weights.get('moving_mean')!;
    const movingVariance = weights.get('moving_variance')!;
    const map = asMap(input!);
    const statistics = training ? [tf.tensor1d([]), tf.tensor1d([])] : [movingMean, movingVariance];
    const [normalised, mean, variance, ...reserved] = ops(
      'FusedBatchNormV3',
      [map, gamma, beta, ...statistics],
      [...attributes(layer, training), floatAttribute('exponential_avg_factor', 1)],
      6,
    );
    const output = normalised!.reshape(input!.shape);
    if (!training) return { output };
    const count = map.shape[0]! * map.shape[1]! * map.shape[2]!;
    const towards = (moving: Tensor, batch: Tensor) => moving.add(batch.sub(moving).mul(1 - layer.momentum));
    return {
      output,
      saved: reserved,
      updates: new Map([
        ['moving_mean', towards(movingMean, mean!)],
        // the operation gives the variance over n - 1
        ['moving_variance', towards(movingVariance, variance!.mul((count - 1) / count))],
      ]),
    };
  },
  backward({ layer, inputs, saved, weights, gradient }) {
    const [gamma] = scaleAndCentre(weights);
    const [dInput, dGamma, dBeta] = ops(
      'FusedBatchNormGradV3',
      [asMap(gradient), asMap(inputs[0]!), gamma, ...saved],
      attributes(layer, true),
      5,
    );
    const ours = new Map<string, Tensor>();
    if (layer.scale) ours.set('gamma', dGamma!);
    if (layer.center) ours.set('beta', dBeta!);
    return { inputs: [dInput!.reshape(inputs[0]!.shape)], weights: ours };
  },
};
