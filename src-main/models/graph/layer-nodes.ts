/**
 * A stretch of a network, for inference, as nodes of a TensorFlow graph. Pure. Runs in the worker.
 *
 * Same operations as the eager kernels of models/layers in inference. Weights are fed like the images: as constants of the
 * graph they would be in memory several times over. Nodes are numbered, because a layer's name may hold what a node's may not.
 */
import type { Layer, LayerOf } from '../../contract/schema/network.ts';
import type { NamedWeights, WeightArray } from '../named-weights.ts';
import { inferShapes, inputNames, type Shape } from '../shapes.ts';
import type { GraphAttribute, GraphNode } from './saved-model.ts';

export interface LayerGraph {
  readonly nodes: readonly GraphNode[];
  /** The node that takes the images. */
  readonly input: string;
  /** What to feed beside the images, by node. */
  readonly fed: ReadonlyMap<string, WeightArray>;
  /** Node of each layer by the layer's name. */
  readonly nodeOf: ReadonlyMap<string, string>;
}

/** What a layer's nodes are made with. */
interface Builder {
  readonly weights: NamedWeights;
  readonly shapeOf: (layer: string) => Shape;
  /** Adds a node and gives its name. */
  node(operation: string, inputs: readonly string[], attributes?: Record<string, GraphAttribute>): string;
  constant(values: readonly number[], shape: readonly number[]): string;
  /** Adds a node whose value is fed. */
  feed(weight: WeightArray): string;
}

const floatType = { T: { type: 'float32' } } as const;
const channelsLast = { data_format: { text: 'NHWC' } } as const;
const activations = { relu: 'Relu', relu6: 'Relu6', softmax: 'Softmax', linear: 'Identity' } as const;

type Nodes<L extends Layer> = (builder: Builder, layer: L, inputs: readonly string[]) => string;

/** `layers[0]` is the input; each layer's inputs come before it. */
export function layerGraph(layers: readonly Layer[], weights: NamedWeights): LayerGraph {
  const nodes: GraphNode[] = [];
  const fed = new Map<string, WeightArray>();
  const shapes = inferShapes({ layers: [...layers], backboneLayerCount: 0 });
  const builder: Builder = {
    weights,
    shapeOf: (layer) => shapes.get(layer)!,
    node(operation, inputs, attributes = floatType) {
      const name = `n${nodes.length}`;
      nodes.push({ name, operation, inputs, attributes });
      return name;
    },
    constant: (values, shape) =>
      builder.node('Const', [], { dtype: { type: 'int32' }, value: { of: 'int32', values, shape } }),
    feed(weight) {
      const shape = { shape: weight.shape };
      const name = builder.node('Placeholder', [], { dtype: { type: 'float32' }, shape });
      fed.set(name, weight);
      return name;
    },
  };
  const nodeOf = new Map<string, string>();
  layers.forEach((layer, index) => {
    const inputs = inputNames(layers, index).map((name) => nodeOf.get(name)!);
    const build = layerNodes[layer.type] as unknown as Nodes<Layer>;
    nodeOf.set(layer.name, build(builder, layer, inputs));
  });
  return { nodes, input: nodes[0]!.name, fed, nodeOf };
}

/** Every kind of layer; the compiler sees that none is missing. */
const layerNodes: { readonly [T in Layer['type']]: Nodes<LayerOf<T>> } = {
  // a node that is fed cannot be fetched, and a network may give its input
  input: ({ node }, { height, width, channels }) => {
    const shape = { shape: [-1, height, width, channels] };
    return node('Identity', [node('Placeholder', [], { dtype: { type: 'float32' }, shape })]);
  },
  conv2d: (builder, layer, inputs) =>
    finish(
      builder,
      layer,
      builder.node('Conv2D', [inputs[0]!, weight(builder, layer, 'kernel')], convolution(layer)),
    ),
  'depthwise-conv2d': (builder, layer, inputs) =>
    finish(
      builder,
      layer,
      builder.node(
        'DepthwiseConv2dNative',
        [inputs[0]!, weight(builder, layer, 'depthwise_kernel')],
        convolution(layer),
      ),
    ),
  dense: (builder, layer, inputs) =>
    finish(
      builder,
      layer,
      builder.node('MatMul', [inputs[0]!, weight(builder, layer, 'kernel')], {
        ...floatType,
        transpose_a: { flag: false },
        transpose_b: { flag: false },
      }),
    ),
  'batch-norm': batchNorm,
  activation: ({ node }, { activation }, inputs) => node(activations[activation], inputs),
  'zero-padding': ({ node, constant }, { padding: [rows, columns] }, inputs) =>
    node('Pad', [inputs[0]!, constant([0, 0, ...rows, ...columns, 0, 0], [4, 2])], {
      ...floatType,
      Tpaddings: { type: 'int32' },
    }),
  'max-pool': ({ node }, layer, inputs) => node('MaxPool', inputs, pooling(layer)),
  'average-pool': ({ node }, layer, inputs) => node('AvgPool', inputs, pooling(layer)),
  'global-average-pool': ({ node, constant }, _layer, inputs) =>
    node('Mean', [inputs[0]!, constant([1, 2], [2])], {
      ...floatType,
      Tidx: { type: 'int32' },
      keep_dims: { flag: false },
    }),
  flatten: ({ node, constant, shapeOf }, { name }, inputs) =>
    node('Reshape', [inputs[0]!, constant([-1, ...shapeOf(name)], [2])], {
      ...floatType,
      Tshape: { type: 'int32' },
    }),
  dropout: ({ node }, _layer, inputs) => node('Identity', inputs),
  add: ({ node }, _layer, inputs) => inputs.reduce((sum, input) => node('AddV2', [sum, input])),
  concat: ({ node, constant, shapeOf }, { name }, inputs) =>
    node('ConcatV2', [...inputs, constant([shapeOf(name).length], [])], {
      ...floatType,
      Tidx: { type: 'int32' },
      N: { int: inputs.length },
    }),
};

type Weighted = LayerOf<'conv2d'> | LayerOf<'depthwise-conv2d'> | LayerOf<'dense'>;

function weight({ weights, feed }: Builder, layer: Layer, name: string): string {
  return feed(weights.get(`${layer.name}/${name}`)!);
}

/** Bias and activation after the product. */
function finish(builder: Builder, layer: Weighted, product: string): string {
  const biased = layer.useBias
    ? builder.node('BiasAdd', [product, weight(builder, layer, 'bias')], { ...floatType, ...channelsLast })
    : product;
  return layer.activation === 'linear' ? biased : builder.node(activations[layer.activation], [biased]);
}

function convolution({ strides, padding }: LayerOf<'conv2d'> | LayerOf<'depthwise-conv2d'>) {
  return {
    ...floatType,
    ...channelsLast,
    strides: { ints: [1, ...strides, 1] },
    padding: { text: padding.toUpperCase() },
    dilations: { ints: [1, 1, 1, 1] },
  };
}

function pooling({ poolSize, strides, padding }: LayerOf<'max-pool'> | LayerOf<'average-pool'>) {
  return {
    ...floatType,
    ...channelsLast,
    ksize: { ints: [1, ...poolSize, 1] },
    strides: { ints: [1, ...(strides ?? poolSize), 1] },
    padding: { text: padding.toUpperCase() },
  };
}

/** A norm that no convolution before it could take: y = x * scale + offset with the stored statistics. */
function batchNorm(builder: Builder, layer: LayerOf<'batch-norm'>, inputs: readonly string[]): string {
  const read = (name: string) => builder.weights.get(`${layer.name}/${name}`)?.values;
  const mean = read('moving_mean')!;
  const gamma = read('gamma') ?? new Float32Array(mean.length).fill(1);
  const beta = read('beta') ?? new Float32Array(mean.length);
  const variance = read('moving_variance')!;
  const ofChannels = (values: Float32Array) => builder.feed({ values, shape: [mean.length] });
  if (builder.shapeOf(layer.name).length === 3) {
    const parameters = [gamma, beta, mean, variance].map(ofChannels);
    return builder.node('FusedBatchNormV3', [...inputs, ...parameters], {
      ...floatType,
      ...channelsLast,
      U: { type: 'float32' },
      epsilon: { float: layer.epsilon },
      is_training: { flag: false },
    });
  }
  const scale = variance.map((value, channel) => gamma[channel]! / Math.sqrt(value + layer.epsilon));
  const offset = scale.map((factor, channel) => beta[channel]! - mean[channel]! * factor);
  const scaled = builder.node('Mul', [inputs[0]!, ofChannels(scale)]);
  return builder.node('AddV2', [scaled, ofChannels(offset)]);
}
