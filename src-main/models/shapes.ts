/**
 * Shapes of a network's outputs and weights, worked out without TensorFlow. Runs in the worker.
 * Follows Keras: `same` gives ceil(in / stride), `valid` gives floor((in - kernel) / stride) + 1.
 */
import { AppError } from '../contract/errors.ts';
import type { Layer, Network } from '../contract/schema/network.ts';

/** A layer's output shape without the batch dimension: [height, width, channels] or [features]. */
export type Shape = readonly number[];

export interface WeightSpec {
  /** `layer/weight`, the key in NamedWeights. */
  readonly key: string;
  readonly layer: string;
  readonly weight: string;
  readonly shape: readonly number[];
  /** False for the moving statistics of batch norm, which no gradient reaches. */
  readonly trainable: boolean;
}

/** Names of the layers that feed `layers[index]`; none for the input layer. */
export function inputNames(layers: readonly Layer[], index: number): readonly string[] {
  const layer = layers[index]!;
  if (layer.type === 'input') return [];
  return layer.inputs ?? [layers[index - 1]!.name];
}

/**
 * Output shape of every layer by name.
 * @throws AppError `bad-model` naming the layer: duplicate or unknown name, a shape that does not fit, a map grown too small.
 */
export function inferShapes(network: Network): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  network.layers.forEach((layer, index) => {
    if (shapes.has(layer.name))
      throw badLayer(layer, 'another layer has this name already; names must differ');
    if ((layer.type === 'input') !== (index === 0)) {
      throw badLayer(
        layer,
        index === 0 ? 'the first layer must be the input' : 'only the first layer may be an input',
      );
    }
    const incoming = inputNames(network.layers, index).map((name) => {
      const shape = shapes.get(name);
      if (!shape) throw badLayer(layer, `its input "${name}" is not a layer before it`);
      return shape;
    });
    const shape = outputShape(layer, incoming);
    if (shape.some((size) => !(size >= 1))) {
      throw badLayer(
        layer,
        `its input ${formatShape(incoming[0] ?? [])} is too small; use larger images or fewer reductions`,
      );
    }
    shapes.set(layer.name, shape);
  });
  return shapes;
}

/** All weights of a network in layer order, in Keras's order within a layer. */
export function weightSpecs(network: Network): WeightSpec[] {
  const shapes = inferShapes(network);
  return network.layers.flatMap((layer, index) => {
    const incoming = shapes.get(inputNames(network.layers, index)[0] ?? '') ?? [];
    return layerWeights(layer, incoming).map(({ weight, shape, trainable }) => ({
      key: `${layer.name}/${weight}`,
      layer: layer.name,
      weight,
      shape,
      trainable: trainable ?? true,
    }));
  });
}

type WeightShape = { weight: string; shape: readonly number[]; trainable?: boolean };

function layerWeights(layer: Layer, incoming: Shape): WeightShape[] {
  const channels = incoming.at(-1) ?? 0;
  switch (layer.type) {
    case 'conv2d':
      return withBias(
        { weight: 'kernel', shape: [...layer.kernelSize, channels, layer.filters] },
        layer.useBias,
        layer.filters,
      );
    case 'depthwise-conv2d':
      return withBias(
        { weight: 'depthwise_kernel', shape: [...layer.kernelSize, channels, 1] },
        layer.useBias,
        channels,
      );
    case 'dense':
      return withBias({ weight: 'kernel', shape: [channels, layer.units] }, layer.useBias, layer.units);
    case 'batch-norm':
      return [
        ...(layer.scale ? [{ weight: 'gamma', shape: [channels] }] : []),
        ...(layer.center ? [{ weight: 'beta', shape: [channels] }] : []),
        { weight: 'moving_mean', shape: [channels], trainable: false },
        { weight: 'moving_variance', shape: [channels], trainable: false },
      ];
    default:
      return [];
  }
}

function withBias(kernel: WeightShape, useBias: boolean, size: number): WeightShape[] {
  return useBias ? [kernel, { weight: 'bias', shape: [size] }] : [kernel];
}

function outputShape(layer: Layer, incoming: readonly Shape[]): Shape {
  const first = incoming[0] ?? [];
  switch (layer.type) {
    case 'input':
      return [layer.height, layer.width, layer.channels];
    case 'conv2d':
      return [...slide(layer, first, layer.kernelSize, layer.strides), layer.filters];
    case 'depthwise-conv2d':
      return [...slide(layer, first, layer.kernelSize, layer.strides), first[2]!];
    case 'max-pool':
    case 'average-pool':
      return [...slide(layer, first, layer.poolSize, layer.strides ?? layer.poolSize), first[2]!];
    case 'zero-padding': {
      const [height, width, channels] = mapShape(layer, first);
      const [[top, bottom], [left, right]] = layer.padding;
      return [height + top + bottom, width + left + right, channels];
    }
    case 'global-average-pool':
      return [mapShape(layer, first)[2]];
    case 'flatten':
      return [first.reduce((product, size) => product * size, 1)];
    case 'dense':
      if (first.length !== 1)
        throw badLayer(
          layer,
          `it needs [features], its input is ${formatShape(first)}; put a pooling or flatten before it`,
        );
      return [layer.units];
    case 'add':
      for (const shape of incoming) {
        if (formatShape(shape) !== formatShape(first))
          throw badLayer(layer, `its inputs differ: ${incoming.map(formatShape).join(' and ')}`);
      }
      return first;
    case 'concat':
      for (const shape of incoming) {
        if (formatShape(shape.slice(0, -1)) !== formatShape(first.slice(0, -1))) {
          throw badLayer(
            layer,
            `its inputs differ outside the channels: ${incoming.map(formatShape).join(' and ')}`,
          );
        }
      }
      return [...first.slice(0, -1), incoming.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
    case 'batch-norm':
    case 'activation':
    case 'dropout':
      return first;
  }
}

type Sliding = Extract<Layer, { padding: 'same' | 'valid' }>;

function slide(
  layer: Sliding,
  shape: Shape,
  window: readonly [number, number],
  strides: readonly [number, number],
): number[] {
  const [height, width] = mapShape(layer, shape);
  return [height, width].map((size, axis) =>
    layer.padding === 'same'
      ? Math.ceil(size / strides[axis]!)
      : Math.floor((size - window[axis]!) / strides[axis]!) + 1,
  );
}

function mapShape(layer: Layer, shape: Shape): readonly [number, number, number] {
  if (shape.length !== 3)
    throw badLayer(layer, `it needs [height, width, channels], its input is ${formatShape(shape)}`);
  return shape as unknown as readonly [number, number, number];
}

function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

function badLayer(layer: Layer, reason: string): AppError {
  return new AppError('bad-model', `Layer "${layer.name}" (${layer.type}) does not fit: ${reason}.`);
}
