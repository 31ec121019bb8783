/**
 * A network in training: a frozen part that only runs forward, folded, and a part with variables whose gradients are
 * taken. Runs in the worker.
 *
 * A frozen layer normalises with its stored statistics and keeps them; a trainable batch norm uses the batch's and moves
 * its own (Keras 2 and 3). The network gives logits here: the softmax at its end belongs to the loss.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer, Network } from '../contract/schema/network.ts';
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tf } from '../tf.ts';
import { backward, forward, groupByLayer, planSegment } from './execute.ts';
import { withLogits } from './logits.ts';
import type { NamedWeights, WeightArray } from './named-weights.ts';
import { compileForward, compileTensors } from './predictor.ts';
import { inferShapes, inputNames, type WeightSpec, weightSpecs } from './shapes.ts';
import { tensorOf } from './tensor-of.ts';
import { createVariable, type Variable } from './variable.ts';

export interface LossValues {
  /** Weighted loss of each sample, [batch]. */
  readonly perSample: Tensor1D;
  /** Softmax of the logits, [batch, classes]. */
  readonly probabilities: Tensor2D;
  /** Gradient of the batch's mean loss with respect to the logits, [batch, classes]. */
  readonly gradient: Tensor2D;
}

/** `targets`: one-hot rows [batch, classes]; `sampleWeights`: [batch]. Computes from these three alone. */
export type Loss = (logits: Tensor2D, targets: Tensor2D, sampleWeights: Tensor1D) => LossValues;

export interface TrainingBatch {
  /** What `features` gave. */
  readonly features: readonly Tensor[];
  readonly targets: Tensor2D;
  readonly sampleWeights: Tensor1D;
}

export interface PassValues extends Pick<LossValues, 'perSample' | 'probabilities'> {
  /** Keyed as the variables. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

export interface TrainableNetwork {
  /** Weights that the optimiser changes, keyed `layer/weight`, in layer order. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Whether anything below the trained part computes: without, features are the images. */
  readonly hasFrozenPart: boolean;
  /** Shapes of one image's features. */
  readonly featureShapes: readonly (readonly number[])[];
  /** What the frozen part gives to the trained one; the caller disposes it. @param images [batch, height, width, 3], normalised */
  features(images: Tensor4D): readonly Tensor[];
  /**
   * One forward and backward pass; moving statistics are updated. The caller disposes the values.
   * @param nextSeed 32 bits at a time, for dropout
   */
  pass(batch: TrainingBatch, nextSeed: () => number): PassValues;
  /** All weights, frozen ones included, copied out. */
  snapshot(): NamedWeights;
  /** The weights that training changes (variables and moving statistics) alone. */
  snapshotTrained(): NamedWeights;
  dispose(): void;
}

/**
 * @param first index of the first trainable layer, from 1 (0 is the input).
 * @throws AppError `bad-model` when a weight is missing, has another shape, or the network does not end in a softmax.
 */
export function createTrainable(
  network: Network,
  weights: NamedWeights,
  first: number,
  loss: Loss,
): TrainableNetwork {
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
  const dropouts = segment.layers.filter(({ layer }) => layer.type === 'dropout' && layer.rate > 0).length;
  const program = compileTensors(compute);
  const shapes = inferShapes(network);

  /** Pure: what a pass computes from all that may differ from one to the next. */
  function compute(given: readonly Tensor[]): readonly Tensor[] {
    const rest = given.values();
    const next = () => rest.next().value!;
    const taken = (keys: Iterable<string>) => new Map([...keys].map((key) => [key, next()]));
    const [targets, sampleWeights] = [next() as Tensor2D, next() as Tensor1D];
    const seeds = Array.from({ length: dropouts }, next);
    const feeds = taken(segment.feeds);
    const reads = taken(variables.keys());
    const grouped = groupByLayer(new Map([...reads, ...taken(statistics.keys())]));
    const context = { training: true, nextSeeds: () => seeds.shift()! };
    const pass = forward(segment, feeds, grouped, context);
    const values = loss(pass.outputs.get(output) as Tensor2D, targets, sampleWeights);
    const gradients = backward(segment, pass, grouped, values.gradient);
    for (const [key, factor] of penalties) {
      gradients.set(key, gradients.get(key)!.add(reads.get(key)!.mul(2 * factor)));
    }
    const inOrder = (from: ReadonlyMap<string, Tensor>, keys: Iterable<string>) =>
      [...keys].map((key) => from.get(key)!);
    return [
      values.perSample,
      values.probabilities,
      ...inOrder(gradients, variables.keys()),
      ...inOrder(pass.updates, statistics.keys()),
    ];
  }

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
    hasFrozenPart: prefix !== null,
    featureShapes: segment.feeds.map((name) => shapes.get(name)!),
    features: (images) => (prefix ? [...prefix.run(images).values()] : [images.clone()]),
    pass({ features, targets, sampleWeights }, nextSeed) {
      const own = tf.tidy(() => [
        ...Array.from({ length: dropouts }, () => tf.tensor1d([nextSeed() | 0, nextSeed() | 0], 'int32')),
        ...[...variables.values()].map((variable) => variable.read()),
      ]);
      const [seeds, reads] = [own.slice(0, dropouts), own.slice(dropouts)];
      const given = [targets, sampleWeights, ...seeds, ...features, ...reads, ...statistics.values()];
      const [perSample, probabilities, ...rest] = program.run(given);
      tf.dispose(own);
      const gradients = new Map([...variables.keys()].map((key, index) => [key, rest[index]!]));
      [...statistics.keys()].forEach((key, index) => {
        statistics.get(key)!.dispose();
        statistics.set(key, tf.keep(rest[variables.size + index]!));
      });
      return { perSample: perSample as Tensor1D, probabilities: probabilities as Tensor2D, gradients };
    },
    snapshot: () => new Map([...weights, ...snapshotTrained()]),
    snapshotTrained,
    dispose() {
      program.dispose();
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
