/**
 * Grad-CAM: where on the image a class's score comes from. Runs in the worker, in a process without training too.
 * Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization": channels of the last
 * map weighted by the mean gradient of the class's score before the softmax; what speaks for the class (ReLU), scaled to 0..1.
 *
 * Only the layers after that map are run backward, through the kernels that train; they have no convolution among them.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer, Network } from '../contract/schema/network.ts';
import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../tf.ts';
import type { LayerWeights } from './layers/kernel.ts';
import { kernelOf } from './layers/registry.ts';
import { withLogits } from './logits.ts';
import type { NamedWeights } from './named-weights.ts';
import { compileForward, inference } from './predictor.ts';
import { inferShapes, inputNames } from './shapes.ts';
import { tensorOf } from './tensor-of.ts';

/** A small map over the whole image, to be enlarged onto it. */
export interface HeatMap {
  readonly classIndex: number;
  readonly height: number;
  readonly width: number;
  /** Row-major, 0..1; all 0 where nothing in the image speaks for the class. */
  readonly values: Float32Array;
}

export interface GradCam {
  /** Layers whose outputs `mapsOf` reads, the map first: to be fetched from the pass that gave the answer. */
  readonly reads: readonly string[];
  /** @param values outputs of `reads`, which stay the caller's @param classes a class for each image of the batch */
  mapsOf(values: ReadonlyMap<string, Tensor>, classes: readonly number[]): HeatMap[];
  /** One map for each class of the one image of the batch. @param values as for `mapsOf` */
  mapsOfAll(values: ReadonlyMap<string, Tensor>): HeatMap[];
  /** The same with a forward pass of its own. `images`: [batch, height, width, 3], normalised. */
  explain(images: Tensor4D, classes: readonly number[]): HeatMap[];
  dispose(): void;
}

interface HeadLayer {
  readonly layer: Layer;
  readonly inputs: readonly string[];
}

/** The last layer with a spatial map that a convolution made, or null (a network of dense layers). */
export function lastMapLayer(network: Network): string | null {
  const shapes = inferShapes(network);
  const isConvolution = ({ type }: Layer) => type === 'conv2d' || type === 'depthwise-conv2d';
  const last = network.layers.findLastIndex(({ name }) => shapes.get(name)!.length === 3);
  return network.layers.slice(0, last + 1).some(isConvolution) ? network.layers[last]!.name : null;
}

/** @throws AppError `bad-input` for a network without convolutions, `bad-model` for one that does not end in a softmax */
export function createGradCam(network: Network, weights: NamedWeights): GradCam {
  const map = lastMapLayer(network);
  if (map === null) {
    throw new AppError(
      'bad-input',
      'This model has no convolution, so that there is no map of the image to explain it by. Choose a convolutional model.',
    );
  }
  const layers = withLogits(network.layers);
  const first = layers.findIndex(({ name }) => name === map) + 1;
  const head = layers
    .slice(first)
    .map((layer, offset) => ({ layer, inputs: inputNames(layers, first + offset) }));
  const inHead = new Set(head.map(({ layer }) => layer.name));
  const fed = head.flatMap(({ inputs }) => inputs).filter((name) => !inHead.has(name));
  const reads = [...new Set([map, ...fed])];
  const classCount = inferShapes(network).get(layers.at(-1)!.name)![0]!;
  const tensors = headWeights(head, weights);
  let program: ReturnType<typeof compileForward> | null = null;

  const mapsOf: GradCam['mapsOf'] = (values, classes) => {
    requireClasses(classes, classCount, values.get(map)!.shape[0]!);
    let maps: HeatMap[] = [];
    tf.tidy(() => {
      const oneHot = tf.oneHot([...classes], classCount, 1, 0, 'float32');
      const gradient = gradientAt(map, { head, values, weights: tensors, oneHot });
      maps = heatMaps(values.get(map) as Tensor4D, gradient, classes);
    });
    return maps;
  };
  return {
    reads,
    mapsOf,
    mapsOfAll(values) {
      const classes = Array.from({ length: classCount }, (_, classIndex) => classIndex);
      const repeated = new Map(reads.map((name) => [name, repeatImage(values.get(name)!, classCount)]));
      try {
        return mapsOf(repeated, classes);
      } finally {
        tf.dispose([...repeated.values()]);
      }
    },
    explain(images, classes) {
      program ??= compileForward(network.layers, weights, reads);
      const values = program.run(images);
      try {
        return mapsOf(values, classes);
      } finally {
        tf.dispose([...values.values()]);
      }
    },
    dispose() {
      program?.dispose();
      for (const layer of tensors.values()) tf.dispose([...layer.values()]);
    },
  };
}

function headWeights(head: readonly HeadLayer[], weights: NamedWeights): Map<string, LayerWeights> {
  const entries = [...weights].map(([key, array]) => ({ key, array, slash: key.lastIndexOf('/') }));
  return new Map(
    head.map(({ layer }) => {
      const ours = entries.filter(({ key, slash }) => key.slice(0, slash) === layer.name);
      return [
        layer.name,
        new Map(ours.map(({ key, array, slash }) => [key.slice(slash + 1), tensorOf(array)])),
      ];
    }),
  );
}

/** Gradient with respect to the map, [batch, height, width, channels], of the sum of `oneHot` times the scores. Within a tidy. */
function gradientAt(
  map: string,
  pass: {
    readonly head: readonly HeadLayer[];
    readonly values: ReadonlyMap<string, Tensor>;
    readonly weights: ReadonlyMap<string, LayerWeights>;
    readonly oneHot: Tensor;
  },
): Tensor4D {
  const values = new Map(pass.values);
  const inputsOf = ({ inputs }: HeadLayer) => inputs.map((name) => values.get(name)!);
  for (const step of pass.head) {
    const { name } = step.layer;
    const result = kernelOf(step.layer).forward(
      step.layer,
      inputsOf(step),
      pass.weights.get(name)!,
      inference,
    );
    values.set(name, result.output);
  }
  const gradients = new Map<string, Tensor>([[pass.head.at(-1)!.layer.name, pass.oneHot]]);
  for (const step of pass.head.toReversed()) {
    const { layer, inputs } = step;
    const gradient = gradients.get(layer.name);
    if (!gradient) continue;
    const weights = pass.weights.get(layer.name)!;
    const below =
      layer.type === 'batch-norm'
        ? [gradient.mul(storedScale(layer.epsilon, weights))]
        : kernelOf(layer).backward({
            layer,
            inputs: inputsOf(step),
            output: values.get(layer.name)!,
            saved: [],
            weights,
            gradient,
            wantsInputs: true,
          }).inputs;
    below.forEach((value, position) => {
      const before = gradients.get(inputs[position]!);
      gradients.set(inputs[position]!, before ? before.add(value) : value);
    });
  }
  return gradients.get(map) as Tensor4D;
}

/** With its stored statistics, batch norm multiplies each channel by this; its kernel's reverse pass is that of training. */
function storedScale(epsilon: number, weights: LayerWeights): Tensor {
  const scale = weights.get('moving_variance')!.add(epsilon).rsqrt();
  const gamma = weights.get('gamma');
  return gamma ? scale.mul(gamma) : scale;
}

function heatMaps(activations: Tensor4D, gradient: Tensor4D, classes: readonly number[]): HeatMap[] {
  const [, height, width] = activations.shape;
  const channelWeights = gradient.mean([1, 2], true);
  const evidence = activations.mul(channelWeights).sum(-1).relu();
  const rows = evidence.reshape([classes.length, height * width]) as Tensor2D;
  const values = rows.dataSync() as Float32Array;
  return classes.map((classIndex, image) => {
    const raw = values.slice(image * height * width, (image + 1) * height * width);
    const largest = raw.reduce((most, value) => Math.max(most, value), 0);
    return { classIndex, height, width, values: largest > 0 ? raw.map((value) => value / largest) : raw };
  });
}

/** [1, ...] → [times, ...] */
function repeatImage(value: Tensor, times: number): Tensor {
  const [images, ...shape] = value.shape;
  if (images === 1) return value.tile([times, ...shape.map(() => 1)]);
  throw new AppError(
    'bad-input',
    `Heat maps of all classes are for one image at a time; received ${images}.`,
  );
}

function requireClasses(classes: readonly number[], classCount: number, batch: number): void {
  const known = classes.every((index) => Number.isInteger(index) && index >= 0 && index < classCount);
  if (known && classes.length === batch) return;
  throw new AppError(
    'bad-input',
    `A heat map needs one class from 0 to ${classCount - 1} for each of ${batch} images; received [${classes}].`,
  );
}
