/** A computation written down as a graph while it runs, against the same computation run again. */
import { expect, it } from 'vitest';
import { compileTraced } from '../../src-main/models/graph/graph-program.ts';
import { type Tensor, tf } from '../../src-main/tf.ts';

/** Uses one output of several, a shape, a factor, an integer and a truth value. */
function compute([left, right, seeds]: readonly Tensor[]): Tensor[] {
  const product = tf.matMul(left as never, right as never);
  const [first, second] = tf.split(product, 2, 1);
  const mask = second!.greater(0.1).toFloat();
  const drawn = tf.onesLike(first!).mul(seeds!.toFloat().sum()).reshape([-1]);
  return [first!.mul(mask).mul(3).logSoftmax() as Tensor, drawn];
}

const difference = (a: Tensor, b: Tensor) => a.sub(b).abs().max().dataSync()[0]!;

it('gives what the code gives, on other values and other shapes than those it was traced with', () => {
  const program = compileTraced(compute);
  for (const [rows, seed] of [
    [3, 1],
    [3, 2],
    [5, 3],
  ] as const) {
    const left = tf.randomUniform([rows, 4], -1, 1, 'float32', seed);
    const right = tf.randomUniform([4, 6], -1, 1, 'float32', seed + 10);
    const given = [left, right, tf.tensor1d([seed, 7], 'int32')];
    const results = program.run(given);
    compute(given).forEach((expected, index) => {
      expect(results[index]!.shape).toEqual(expected.shape);
      expect(difference(results[index]!, expected)).toBeLessThan(1e-6);
    });
  }
  program.dispose();
});

it('keeps no tensor of the run that it traces', () => {
  const program = compileTraced(compute);
  const given = [tf.ones([2, 4]), tf.ones([4, 6]), tf.tensor1d([1, 2], 'int32')];
  const before = tf.memory().numTensors;
  tf.dispose([...program.run(given)]);
  expect(tf.memory().numTensors).toBe(before);
  program.dispose();
});

it('refuses a computation that reads what it was not given, which would be the same for ever', () => {
  const outside = tf.scalar(2);
  const program = compileTraced(([value]) => [value!.mul(outside)]);
  expect(() => program.run([tf.ones([2])])).toThrow(/was not given/);
});
