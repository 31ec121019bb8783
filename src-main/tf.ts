/**
 * The one place that loads native TensorFlow. Runs in the worker process only.
 *
 * Node 23 removed `util.isNullOrUndefined` and `util.isArray`, which tfjs-node 4.22 still calls; they are put back on
 * the CommonJS module object before the first load (tfjs issue 8609). TF_CPP_MIN_LOG_LEVEL and the thread counts
 * TF_NUM_INTRAOP_THREADS / TF_NUM_INTEROP_THREADS are read once by the library, so the process that starts
 * the worker sets them in its environment.
 */
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { AppError } from './contract/errors.ts';
import { remedies } from './contract/remedies.ts';

export type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorBuffer } from '@tensorflow/tfjs-node-gpu';

const require = createRequire(import.meta.url);
const util = require('node:util') as Record<string, unknown>;
util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
util.isArray ??= Array.isArray;

function load(): typeof TensorFlow {
  try {
    return require('@tensorflow/tfjs-node-gpu') as typeof TensorFlow;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : cause;
    throw new AppError(
      'missing-component',
      `TensorFlow's native library could not be loaded (${why}). ${remedies(process.env).library}`,
      { cause },
    );
  }
}

export const tf = load();
