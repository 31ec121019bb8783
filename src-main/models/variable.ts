/**
 * A weight that training changes, kept as a native resource variable, so that an optimiser updates it in place with one
 * operation (ResourceApplyAdam and its like) instead of a dozen. Runs in the worker. Disposing frees the memory.
 */
import { randomUUID } from 'node:crypto';
import { ops, shapeAttribute, stringAttribute, typeAttribute } from '../native-op.ts';
import { type Tensor, tf } from '../tf.ts';
import type { WeightArray } from './named-weights.ts';

export interface Variable {
  readonly shape: readonly number[];
  /** The resource, as the `Resource…` operations take it. */
  readonly handle: Tensor;
  /** The current value as a tensor; the caller disposes it before the next update, which then needs no copy. */
  read(): Tensor;
  /** The current value copied out of the library. */
  snapshot(): WeightArray;
  dispose(): void;
}

const dtype = typeAttribute('dtype', 'float32');

/** Makes a variable of `initial`'s shape and values. The caller disposes it. */
export function createVariable(initial: WeightArray): Variable {
  const { shape } = initial;
  const handle = tf.tidy(() => {
    const [resource] = ops(
      'VarHandleOp',
      [],
      [
        dtype,
        shapeAttribute('shape', shape),
        stringAttribute('container', ''),
        stringAttribute('shared_name', randomUUID()),
      ],
      1,
    );
    ops('AssignVariableOp', [resource!, tf.tensor(initial.values.slice(), [...shape])], [dtype], 0);
    return tf.keep(resource!);
  });
  const read = (): Tensor => ops('ReadVariableOp', [handle], [dtype], 1)[0]!;
  return {
    shape,
    handle,
    read,
    snapshot() {
      const value = read();
      const values = Float32Array.from(value.dataSync());
      value.dispose();
      return { shape, values };
    },
    dispose() {
      ops('DestroyResourceOp', [handle], [], 0);
      handle.dispose();
    },
  };
}
