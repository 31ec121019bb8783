/**
 * Losses on logits, with their gradients, on the device. Runs in the worker.
 *
 * Cross-entropy with optional label smoothing (Szegedy et al. 2016) and focal loss (Lin et al. 2017), each weighted per sample
 * and averaged over the batch, as Keras does: sum(w_i * loss_i) / batch.
 */
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { Loss } from '../models/trainable.ts';
import type { Tensor1D, Tensor2D } from '../tf.ts';
import { tf } from '../tf.ts';

export function createLoss(config: Pick<TrainingConfig, 'loss' | 'focalGamma' | 'labelSmoothing'>): Loss {
  return (logits, targets, sampleWeights) => {
    const [batch, classes] = logits.shape;
    const smooth: Tensor2D = config.labelSmoothing
      ? targets.mul(1 - config.labelSmoothing).add(config.labelSmoothing / classes)
      : targets;
    const logProbabilities: Tensor2D = tf.logSoftmax(logits);
    const probabilities: Tensor2D = logProbabilities.exp();
    const weights: Tensor2D = sampleWeights.reshape([batch, 1]);
    const { loss, slope } =
      config.loss === 'focal'
        ? focal(logProbabilities, probabilities, smooth, config.focalGamma)
        : {
            loss: smooth.mul<Tensor2D>(logProbabilities).neg<Tensor2D>(),
            slope: probabilities.sub<Tensor2D>(smooth),
          };
    return {
      perSample: loss.sum<Tensor1D>(1).mul<Tensor1D>(sampleWeights),
      probabilities,
      gradient: slope.mul(weights).div(batch),
    };
  };
}

/** -t (1 - p)^g log p by class, and the slope of its sum with respect to the logits. */
function focal(
  logP: Tensor2D,
  p: Tensor2D,
  targets: Tensor2D,
  gamma: number,
): { loss: Tensor2D; slope: Tensor2D } {
  const miss = tf.scalar(1).sub<Tensor2D>(p).clipByValue(1e-7, 1);
  const focus = miss.pow<Tensor2D>(gamma);
  const loss = targets.mul<Tensor2D>(focus).mul<Tensor2D>(logP).neg<Tensor2D>();
  // p * dLoss/dp by class, then through the softmax: dz = s - p * sum(s)
  const inner = focus
    .div<Tensor2D>(miss)
    .mul<Tensor2D>(p)
    .mul<Tensor2D>(logP)
    .mul<Tensor2D>(gamma)
    .sub<Tensor2D>(focus)
    .mul<Tensor2D>(targets);
  return { loss, slope: inner.sub(p.mul(inner.sum(1, true))) };
}
