/**
 * Weights as plain data, outside TensorFlow: what files are read into, checkpoints are written from and the executor
 * takes. Runs in the worker. Keys are `layer/weight` with Keras 2 and tfjs weight names: `kernel`, `bias`,
 * `depthwise_kernel`, `gamma`, `beta`, `moving_mean`, `moving_variance`.
 */

export interface WeightArray {
  readonly shape: readonly number[];
  /** Row-major values, as many as the shape's product. */
  readonly values: Float32Array;
}

export type NamedWeights = ReadonlyMap<string, WeightArray>;
