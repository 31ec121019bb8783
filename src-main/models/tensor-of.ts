/** Puts plain weights on the device. Runs in the worker. */
import { type Tensor, tf } from '../tf.ts';
import type { WeightArray } from './named-weights.ts';

/** A tensor with a copy of the array's values. */
export function tensorOf(array: WeightArray): Tensor {
  return tf.tensor(array.values.slice(), [...array.shape], 'float32');
}
