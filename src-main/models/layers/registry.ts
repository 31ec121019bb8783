/** Every kind of layer and its kernel; the compiler sees that none is missing. */
import type { Layer, LayerOf } from '../../contract/schema/network.ts';
import { activationKernel } from './activation.ts';
import { batchNormKernel } from './batch-norm.ts';
import { convolutionKernel, depthwiseKernel } from './convolution.ts';
import { denseKernel } from './dense.ts';
import type { LayerKernel } from './kernel.ts';
import { averagePoolKernel, globalAveragePoolKernel, maxPoolKernel } from './pooling.ts';
import {
  addKernel,
  concatKernel,
  dropoutKernel,
  flattenKernel,
  inputKernel,
  zeroPaddingKernel,
} from './structure.ts';

const kernels: { readonly [T in Layer['type']]: LayerKernel<LayerOf<T>> } = {
  input: inputKernel,
  conv2d: convolutionKernel,
  'depthwise-conv2d': depthwiseKernel,
  'batch-norm': batchNormKernel,
  activation: activationKernel,
  'zero-padding': zeroPaddingKernel,
  'max-pool': maxPoolKernel,
  'average-pool': averagePoolKernel,
  'global-average-pool': globalAveragePoolKernel,
  flatten: flattenKernel,
  dense: denseKernel,
  dropout: dropoutKernel,
  add: addKernel,
  concat: concatKernel,
};

export function kernelOf(layer: Layer): LayerKernel<Layer> {
  return kernels[layer.type] as unknown as LayerKernel<Layer>;
}
