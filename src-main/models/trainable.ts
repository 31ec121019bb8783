/**
 * A network in training: a frozen part that only runs forward, folded, and a part with variables whose gradients are
 * taken. Runs in the worker.
 *
 * A frozen layer normalises with its stored statistics and keeps them; a trainable batch norm uses the batch's and moves
 * its own (Keras 2 and 3). The network gives logits here: the softmax at its end belongs to the loss.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer, Network } from '../contract/schema/network.ts';
import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../tf.ts';
import { backward, forward, groupByLayer, planSegment } from './execute.ts';
import type { NamedWeights, WeightArray } from './named-weights.ts';
import { compileForward } from './predictor.ts';
import { inputNames, type WeightSpec, weightSpecs } from './shapes.ts';
import { tensorOf } from './tensor-of.ts';
import { createVariable, type Variable } from './variable.ts';

export interface TrainableNetwork {
  /** Weights that the optimiser changes, keyed `layer/weight`, in layer order. */
  readonly variables: ReadonlyMap<string, Variable>;
  /**
   * One forward and backward pass. `lossGradient` gets the logits [batch, classes] and returns the loss's gradient with
   * respect to them. Moving statistics are updated. The caller disposes the gradients.
   */
  gradients(
    images: Tensor4D,
    lossGradient: (logits: Tensor2D) => Tensor2D,
    nextSeeds: () => readonly [number, number],
  ): Map<string, Tensor>;
  /** All weights, frozen ones included, copied out. */
  snapshot(): NamedWeights;
  /** The weights that training changes (variables and moving statistics) alone. */
  snapshotTrained(): NamedWeights;
  dispose(): void;
}

/** Index of the first layer that trains: the backbone's last `trainableLayers`, and always the whole head. */
export function firstTrainableLayer(network: Network, trainableLayers: number | 'all'): number {
  const backbone = network.backboneLayerCount;
  if (trainableLayers === 'all') return 1;
  if (trainableLayers > backbone && backbone > 0) {
    throw new AppError(
      'bad-input',
      `trainableLayers is ${trainableLayers}, but the backbone has ${backbone} layers; give 0 to ${backbone}, or "all".`,
    );
  }
  return Math.max(1, backbone - trainableLayers);
}

/**
 * @param first index of the first trainable layer, from 1 (0 is the input).
 * @throws AppError `bad-model` when a weight is missing, has another shape, or the network does not end in a softmax.
 */
export function createTrainable(network: Network, weights: NamedWeights, first: number): TrainableNetwork {
  const specs = weightSpecs(network);
  requireWeights(specs, weights);
  const layers = withLogits(network.layers);
  const output = layers.at(-1)!.name;
  const segment = planSegment(layers, first, layers.length, [output]);
  const prefix =
    first > 1 ? compileForward(frozenLayers(layers, first, segment.feeds), weights, segment.feeds) : null;
  const trained = new Set(segment.layers.map((step) => step.layer.name));
  const variables = new Map<string, Variable>();
  const statistics = new Map<string, Tensor>();
  for (const spec of specs) {
    if (!trained.has(spec.layer)) continue;
    const initial = weights.get(spec.key)!;
    if (spec.trainable) variables.set(spec.key, createVariable(initial));
    else statistics.set(spec.key, tensorOf(initial));
  }
  const penalties = l2Penalties(layers.slice(first));

  function snapshotTrained(): NamedWeights {
    const now = new Map<string, WeightArray>();
    for (const spec of specs) {
      const variable = variables.get(spec.key);
      const statistic = statistics.get(spec.key);
      if (variable) now.set(spec.key, variable.snapshot());
      if (statistic)
        now.set(spec.key, { shape: spec.shape, values: Float32Array.from(statistic.dataSync()) });
    }
    return now;
  }

  return {
    variables,
    gradients(images, lossGradient, nextSeeds) {
      const feeds = prefix ? prefix.run(images) : new Map([[layers[0]!.name, images as Tensor]]);
      const reads = new Map([...variables].map(([key, variable]) => [key, variable.read()]));
      const grouped = groupByLayer(new Map([...reads, ...statistics]));
      const pass = forward(segment, feeds, grouped, { training: true, nextSeeds });
      for (const [key, value] of pass.updates) {
        statistics.get(key)!.dispose();
        statistics.set(key, tf.keep(value));
      }
      const outputGradient = tf.tidy(() => lossGradient(pass.outputs.get(output) as Tensor2D));
      const gradients = backward(segment, pass, grouped, outputGradient);
      outputGradient.dispose();
      for (const [key, factor] of penalties) addPenalty(gradients, key, reads.get(key)!, factor);
      tf.dispose([...reads.values()]);
      if (prefix) tf.dispose([...feeds.values()]);
      return gradients;
    },
    snapshot: () => new Map([...weights, ...snapshotTrained()]),
    snapshotTrained,
    dispose() {
      prefix?.dispose();
      for (const variable of variables.values()) variable.dispose();
      tf.dispose([...statistics.values()]);
    },
  };
}

function requireWeights(specs: readonly WeightSpec[], weights: NamedWeights): void {
  for (const spec of specs) {
    const shape = weights.get(spec.key)?.shape;
    if (shape?.join() !== spec.shape.join()) {
      throw new AppError(
        'bad-model',
        `Weight "${spec.key}" ${shape ? `has shape [${shape}]` : 'is missing'}; the network needs [${spec.shape}].`,
      );
    }
  }
}

/** The softmax at the end left out. */
function withLogits(layers: readonly Layer[]): readonly Layer[] {
  const last = layers.at(-1)!;
  if ((last.type === 'dense' || last.type === 'activation') && last.activation === 'softmax') {
    return [...layers.slice(0, -1), { ...last, activation: 'linear' }];
  }
  throw new AppError(
    'bad-model',
    `The network ends in "${last.name}" (${last.type}); it must end in a softmax.`,
  );
}

/** The layers below the cut that lead to one of its feeds. */
function frozenLayers(layers: readonly Layer[], first: number, feeds: readonly string[]): readonly Layer[] {
  const wanted = new Set(feeds);
  for (let index = first - 1; index >= 0; index--) {
    if (wanted.has(layers[index]!.name)) for (const name of inputNames(layers, index)) wanted.add(name);
  }
  return layers
    .slice(0, first)
    .map((layer, index) =>
      layer.type === 'input' ? layer : ({ ...layer, inputs: [...inputNames(layers, index)] } as Layer),
    )
    .filter((layer) => wanted.has(layer.name));
}

/** Keras's `l2(f)` adds f * sum(w^2) to the loss. */
function l2Penalties(layers: readonly Layer[]): [string, number][] {
  return layers.flatMap((layer): [string, number][] =>
    (layer.type === 'dense' || layer.type === 'conv2d') && layer.l2 > 0
      ? [[`${layer.name}/kernel`, layer.l2]]
      : [],
  );
}

function addPenalty(gradients: Map<string, Tensor>, key: string, weight: Tensor, factor: number): void {
  const before = gradients.get(key)!;
  gradients.set(
    key,
    tf.tidy(() => before.add(weight.mul(2 * factor))),
  );
  before.dispose();
}
