/**
 * Runs a stretch of a network's layers forward, and back again. Runs in the worker.
 *
 * A segment is `layers[first..]` of a layer list; what comes from before it is fed by name. Every tensor is freed as soon as
 * nothing later reads it: in inference after its last consumer, in training after its layer's backward step
 * (or before, where no backward step reads it). The reverse pass goes no lower than the first layer with weights.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer } from '../contract/schema/network.ts';
import { type Tensor, tf } from '../tf.ts';
import type { ForwardContext, ForwardResult, LayerWeights } from './layers/kernel.ts';
import { kernelOf } from './layers/registry.ts';
import { inputNames } from './shapes.ts';

/** Weights by layer name; a layer without weights may be absent. */
export type SegmentWeights = ReadonlyMap<string, LayerWeights>;

interface SegmentLayer {
  readonly layer: Layer;
  readonly inputs: readonly string[];
  /** Position of the last layer that reads this output; Infinity when it leaves the segment. */
  readonly lastUse: number;
  /** Whether the loss's gradient is needed at this output: a layer with weights is here or below. */
  readonly needsGradient: boolean;
  /** Whether a backward step reads this output. */
  readonly keptForBackward: boolean;
}

export interface Segment {
  readonly layers: readonly SegmentLayer[];
  /** Outputs of earlier layers that the segment reads, in order of first use. */
  readonly feeds: readonly string[];
  readonly outputs: readonly string[];
}

/** Groups tensors keyed `layer/weight` by layer. */
export function groupByLayer(tensors: ReadonlyMap<string, Tensor>): SegmentWeights {
  const grouped = new Map<string, Map<string, Tensor>>();
  for (const [key, tensor] of tensors) {
    const slash = key.lastIndexOf('/');
    const layer = key.slice(0, slash);
    if (!grouped.has(layer)) grouped.set(layer, new Map());
    grouped.get(layer)!.set(key.slice(slash + 1), tensor);
  }
  return grouped;
}

const weighted: ReadonlySet<Layer['type']> = new Set(['conv2d', 'depthwise-conv2d', 'batch-norm', 'dense']);

/**
 * Plans `layers[first..end)`; `outputs` are the names wanted from it.
 * The layers of a network are in topological order, so nothing before `first` depends on the segment.
 */
export function planSegment(
  layers: readonly Layer[],
  first: number,
  end: number,
  outputs: readonly string[],
): Segment {
  const inside = new Map<string, number>();
  const feeds: string[] = [];
  const lastUse = new Map<string, number>();
  const readByConsumer = new Set<string>();
  const needsGradient = new Map<string, boolean>();
  const inputsOf = (index: number) => inputNames(layers, index);
  for (let index = first; index < end; index++) {
    const layer = layers[index]!;
    const inputs = layer.type === 'input' ? [layer.name] : inputsOf(index);
    for (const name of inputs) {
      if (!inside.has(name) && !feeds.includes(name)) feeds.push(name);
      lastUse.set(name, index);
      if (kernelOf(layer).keeps(layer).inputs) readByConsumer.add(name);
    }
    inside.set(layer.name, index);
    needsGradient.set(
      layer.name,
      weighted.has(layer.type) || inputs.some((name) => needsGradient.get(name) === true),
    );
  }
  return {
    feeds,
    outputs,
    layers: layers.slice(first, end).map((layer, offset) => ({
      layer,
      inputs: layer.type === 'input' ? [layer.name] : inputsOf(first + offset),
      lastUse: outputs.includes(layer.name)
        ? Number.POSITIVE_INFINITY
        : (lastUse.get(layer.name) ?? -1) - first,
      needsGradient: needsGradient.get(layer.name)!,
      keptForBackward: kernelOf(layer).keeps(layer).output || readByConsumer.has(layer.name),
    })),
  };
}

export interface ForwardPass {
  /** The segment's outputs by name; the caller disposes them in inference, `backward` does in training. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** New values of moving statistics, keyed `layer/weight`; the caller disposes them. */
  readonly updates: ReadonlyMap<string, Tensor>;
  /** All tensors by layer name, freed ones included. */
  readonly values: ReadonlyMap<string, Tensor>;
  readonly saved: ReadonlyMap<string, readonly Tensor[]>;
}

/** Runs the segment. `feeds` stay the caller's. */
export function forward(
  segment: Segment,
  feeds: ReadonlyMap<string, Tensor>,
  weights: SegmentWeights,
  context: ForwardContext,
): ForwardPass {
  const values = new Map<string, Tensor>(feeds);
  const steps = new Map(segment.layers.map((step) => [step.layer.name, step]));
  const saved = new Map<string, readonly Tensor[]>();
  const updates = new Map<string, Tensor>();
  segment.layers.forEach(({ layer, inputs }, position) => {
    const result = tidyForward(
      layer,
      inputs.map((name) => present(values, name)),
      weights.get(layer.name),
      context,
    );
    values.set(layer.name, result.output);
    if (result.saved) saved.set(layer.name, result.saved);
    for (const [name, value] of result.updates ?? []) updates.set(`${layer.name}/${name}`, value);
    for (const name of new Set([...inputs, layer.name])) {
      const step = steps.get(name);
      if (!step || step.lastUse > position || (context.training && step.keptForBackward)) continue;
      present(values, name).dispose();
    }
  });
  return {
    outputs: new Map(segment.outputs.map((name) => [name, present(values, name)])),
    updates,
    values,
    saved,
  };
}

function present(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (!value) throw new AppError('internal', `no tensor for layer "${name}"`);
  return value;
}

const noWeights: LayerWeights = new Map();

function tidyForward(
  layer: Layer,
  inputs: readonly Tensor[],
  weights: LayerWeights | undefined,
  context: ForwardContext,
): ForwardResult {
  let result: ForwardResult | undefined;
  tf.tidy(() => {
    result = kernelOf(layer).forward(layer, inputs, weights ?? noWeights, context);
    return [result.output, ...(result.saved ?? []), ...(result.updates?.values() ?? [])];
  });
  return result!;
}

/**
 * Gradients of a loss with respect to the segment's weights, keyed `layer/weight`, from its gradient with respect to
 * the one output. Frees everything that the training forward pass kept, the output included. The caller disposes what it gets.
 */
export function backward(
  segment: Segment,
  pass: ForwardPass,
  weights: SegmentWeights,
  outputGradient: Tensor,
): Map<string, Tensor> {
  const weightGradients = new Map<string, Tensor>();
  const waiting = new Map<string, Tensor>([[segment.outputs[0]!, outputGradient.clone()]]);
  const needed = new Set(segment.layers.filter((step) => step.needsGradient).map((step) => step.layer.name));
  for (const { layer, inputs, needsGradient } of segment.layers.toReversed()) {
    const gradient = waiting.get(layer.name);
    if (needsGradient && gradient) {
      const wanted = inputs.map((name) => needed.has(name));
      const result = tidyBackward(layer, inputs, pass, weights, gradient, wanted);
      for (const [name, value] of result.weights) weightGradients.set(`${layer.name}/${name}`, value);
      result.inputs.forEach((value, position) => {
        if (value) accumulate(waiting, inputs[position]!, value);
      });
    }
    gradient?.dispose();
    pass.values.get(layer.name)!.dispose();
    for (const tensor of pass.saved.get(layer.name) ?? []) tensor.dispose();
  }
  return weightGradients;
}

function tidyBackward(
  layer: Layer,
  inputs: readonly string[],
  pass: ForwardPass,
  weights: SegmentWeights,
  gradient: Tensor,
  wanted: readonly boolean[],
): { inputs: readonly (Tensor | null)[]; weights: ReadonlyMap<string, Tensor> } {
  let below: (Tensor | null)[] = [];
  let ours: ReadonlyMap<string, Tensor> = new Map();
  tf.tidy(() => {
    const result = kernelOf(layer).backward({
      layer,
      inputs: inputs.map((name) => present(pass.values, name)),
      output: present(pass.values, layer.name),
      saved: pass.saved.get(layer.name) ?? [],
      weights: weights.get(layer.name) ?? noWeights,
      gradient,
      wantsInputs: wanted.some(Boolean),
    });
    below = inputs.map((_, position) => (wanted[position] ? result.inputs[position]! : null));
    ours = result.weights ?? ours;
    return [...below.filter((value) => value !== null), ...ours.values()];
  });
  return { inputs: below, weights: ours };
}

function accumulate(waiting: Map<string, Tensor>, name: string, value: Tensor): void {
  const before = waiting.get(name);
  if (!before) {
    waiting.set(name, value);
    return;
  }
  waiting.set(name, before.add(value));
  before.dispose();
  value.dispose();
}
