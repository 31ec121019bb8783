/**
 * Run by set-up in a process of its own: loads the native library the way the product does, multiplies two matrices
 * and prints which device did it. A library that cannot be loaded may end the process itself.
 */
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

const { tf } = await import('../../src-main/tf.ts');

const product = await tf
  .matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  )
  .array();
if (JSON.stringify(product) !== '[[19,22],[43,50]]')
  throw new Error(`A matrix product came out as ${JSON.stringify(product)}.`);

const backend = /** @type {{ isUsingGpuDevice: boolean }} */ (/** @type {unknown} */ (tf.backend()));
process.stdout.write(`${JSON.stringify({ device: backend.isUsingGpuDevice ? 'gpu' : 'cpu' })}\n`);
