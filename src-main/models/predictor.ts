/**
 * A network that only runs forward, with every batch norm folded where it can be. Runs in the worker.
 * Also the frozen part of a network in training: its outputs at a cut, however many tensors cross it.
 */
import type { Layer, Network } from '../contract/schema/network.ts';
import { usesGpu } from '../native-op.ts';
import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../tf.ts';
import { forward, groupByLayer, planSegment } from './execute.ts';
import { type FoldedLayers, foldBatchNorm } from './fold.ts';
import { compileGraph, compileTraced, type TensorProgram } from './graph/graph-program.ts';
import type { ForwardContext } from './layers/kernel.ts';
import type { NamedWeights } from './named-weights.ts';
import { tensorOf } from './tensor-of.ts';

export interface ForwardProgram {
  /** Outputs by name; the caller disposes them. `images`: [batch, height, width, channels], normalised. */
  run(images: Tensor): ReadonlyMap<string, Tensor>;
  dispose(): void;
}

/** As a layer runs in a network that only answers. */
export const inference: ForwardContext = {
  training: false,
  nextSeeds: () => tf.zeros([2], 'int32'),
};

/** Compiles `layers` (the first is the input) to give `outputs`. */
export function compileForward(
  layers: readonly Layer[],
  weights: NamedWeights,
  outputs: readonly string[],
): ForwardProgram {
  const folded = foldBatchNorm(layers, weights, outputs);
  // a session takes its inputs from the processor's memory and gives its outputs there: a copy each way on a GPU
  return usesGpu ? compileEager(folded, outputs) : compileGraph(folded, outputs);
}

/**
 * Compiles a computation that depends on `given` alone, as training's passes are.
 * @param compute frees nothing that it was given
 */
export function compileTensors(compute: (given: readonly Tensor[]) => readonly Tensor[]): TensorProgram {
  if (!usesGpu) return compileTraced(compute);
  return { run: (given) => tf.tidy(() => [...compute(given)]), dispose: () => undefined };
}

/** The same by one eager operation after the other. */
export function compileEager(folded: FoldedLayers, outputs: readonly string[]): ForwardProgram {
  const used = new Set(folded.layers.map((layer) => layer.name));
  const tensors = new Map<string, Tensor>();
  for (const [key, array] of folded.weights) {
    if (used.has(key.slice(0, key.lastIndexOf('/')))) tensors.set(key, tensorOf(array));
  }
  const segment = planSegment(folded.layers, 0, folded.layers.length, outputs);
  const grouped = groupByLayer(tensors);
  const input = folded.layers[0]!.name;
  return {
    run: (images) => forward(segment, new Map([[input, images]]), grouped, inference).outputs,
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

export interface Predictor {
  /** [batch, height, width, 3], normalised → probabilities [batch, classes]; the caller disposes it. */
  predict(images: Tensor4D): Tensor2D;
  dispose(): void;
}

export function createPredictor(network: Network, weights: NamedWeights): Predictor {
  const output = network.layers.at(-1)!.name;
  const program = compileForward(network.layers, weights, [output]);
  return {
    predict: (images) => program.run(images).get(output) as Tensor2D,
    dispose: program.dispose,
  };
}
