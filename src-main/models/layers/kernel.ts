/**
 * What every kind of layer provides: its forward and backward computation on native operations. Runs in the worker.
 *
 * The network's own reverse pass (models/execute.ts) calls these; no tape is recorded. `keeps` says which forward
 * tensors `backward` reads, so that all others are freed as soon as the next layer has used them.
 */
import type { Layer } from '../../contract/schema/network.ts';
import type { Tensor } from '../../tf.ts';

/** Weights of one layer by their short name (`kernel`, `gamma`, …). */
export type LayerWeights = ReadonlyMap<string, Tensor>;

export interface ForwardContext {
  /** Batch statistics in batch norm and active dropout; false: inference. */
  readonly training: boolean;
  /** Two fresh 32-bit seeds, int32 [2], for a layer that draws random numbers. */
  nextSeeds(): Tensor;
}

export interface ForwardResult {
  readonly output: Tensor;
  /** Tensors that only this layer's `backward` needs. */
  readonly saved?: readonly Tensor[];
  /** New values of weights that no gradient reaches: batch norm's moving statistics, by short name. */
  readonly updates?: ReadonlyMap<string, Tensor>;
}

export interface BackwardStep<L extends Layer> {
  readonly layer: L;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly saved: readonly Tensor[];
  readonly weights: LayerWeights;
  /** Gradient of the loss with respect to `output`. */
  readonly gradient: Tensor;
  /** Whether something below needs the gradient with respect to the inputs. */
  readonly wantsInputs: boolean;
}

export interface BackwardResult {
  /** One for each input; empty when `wantsInputs` is false. */
  readonly inputs: readonly Tensor[];
  /** By short name. */
  readonly weights?: ReadonlyMap<string, Tensor>;
}

export interface LayerKernel<L extends Layer> {
  readonly keeps: (layer: L) => { readonly inputs: boolean; readonly output: boolean };
  forward(layer: L, inputs: readonly Tensor[], weights: LayerWeights, context: ForwardContext): ForwardResult;
  backward(step: BackwardStep<L>): BackwardResult;
}
