/**
 * Folds batch norm into the convolution before it, for layers that only run forward: y = gamma (k*x - mean) / sqrt(var + eps) + beta
 * becomes one convolution with bias. Plain data in and out; exact up to float rounding. Runs in the worker.
 */
import type { Layer, LayerOf } from '../contract/schema/network.ts';
import type { NamedWeights, WeightArray } from './named-weights.ts';
import { inputNames } from './shapes.ts';

export interface FoldedLayers {
  readonly layers: readonly Layer[];
  readonly weights: NamedWeights;
}

type Convolution = LayerOf<'conv2d'> | LayerOf<'depthwise-conv2d'>;

/**
 * Replaces each linear convolution that feeds one batch norm alone by a convolution with bias under the batch norm's name.
 * Every other layer, and every name that a later layer reads, stays. Names in `wanted` are never folded away.
 */
export function foldBatchNorm(
  layers: readonly Layer[],
  weights: NamedWeights,
  wanted: readonly string[],
): FoldedLayers {
  const consumers = new Map<string, string[]>();
  layers.forEach((layer, index) => {
    for (const name of inputNames(layers, index))
      consumers.set(name, [...(consumers.get(name) ?? []), layer.name]);
  });
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const inputsOf = new Map(layers.map((layer, index) => [layer.name, inputNames(layers, index)]));
  const folded: Layer[] = [];
  const foldedWeights = new Map<string, WeightArray>(weights);
  for (const layer of layers) {
    const source = layer.type === 'batch-norm' ? byName.get(inputsOf.get(layer.name)![0]!) : undefined;
    const foldable =
      layer.type === 'batch-norm' &&
      source !== undefined &&
      isLinearConvolution(source) &&
      consumers.get(source.name)!.length === 1 &&
      !wanted.includes(source.name);
    if (!foldable) {
      folded.push(layer.type === 'input' ? layer : { ...layer, inputs: [...inputsOf.get(layer.name)!] });
      continue;
    }
    folded.splice(
      folded.findIndex((candidate) => candidate.name === source.name),
      1,
    );
    folded.push({ ...source, name: layer.name, inputs: [...inputsOf.get(source.name)!], useBias: true });
    foldInto(foldedWeights, weights, source, layer);
  }
  return { layers: folded, weights: foldedWeights };
}

function isLinearConvolution(layer: Layer): layer is Convolution {
  return (layer.type === 'conv2d' || layer.type === 'depthwise-conv2d') && layer.activation === 'linear';
}

function foldInto(
  target: Map<string, WeightArray>,
  weights: NamedWeights,
  convolution: Convolution,
  norm: LayerOf<'batch-norm'>,
): void {
  const read = (layer: string, weight: string) => weights.get(`${layer}/${weight}`)?.values;
  const mean = read(norm.name, 'moving_mean')!;
  const variance = read(norm.name, 'moving_variance')!;
  const gamma = read(norm.name, 'gamma');
  const beta = read(norm.name, 'beta');
  const bias = read(convolution.name, 'bias');
  const scale = variance.map((value, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(value + norm.epsilon));
  const kernelName = convolution.type === 'conv2d' ? 'kernel' : 'depthwise_kernel';
  const kernel = weights.get(`${convolution.name}/${kernelName}`)!;
  // the output channel is the last index of both kernels: [h, w, in, out] and [h, w, channels, 1]
  target.set(`${norm.name}/${kernelName}`, {
    shape: kernel.shape,
    values: kernel.values.map((value, index) => value * scale[index % scale.length]!),
  });
  target.set(`${norm.name}/bias`, {
    shape: [scale.length],
    values: scale.map(
      (factor, channel) => (beta?.[channel] ?? 0) + ((bias?.[channel] ?? 0) - mean[channel]!) * factor,
    ),
  });
}
