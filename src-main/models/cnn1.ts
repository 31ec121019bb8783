/**
 * `cnn1` (and `cnn2`, which differs in training alone), the published small convolutional network:
 * three times conv 32 · max-pool · dropout, then dense 256 · dense 128 · dropout · dense softmax. Runs in the worker; makes plain data only.
 */
import type { Layer } from '../contract/schema/network.ts';
import { imageInput, layer } from './blocks.ts';
import { dropout, softmaxLayer } from './head.ts';
import type { BaselineOptions } from './nn1.ts';

export function cnn1(options: BaselineOptions): Layer[] {
  return [
    imageInput(options.heightPx, options.widthPx),
    ...convolutionBlock('', 0.15),
    ...convolutionBlock('_1', 0.225),
    ...convolutionBlock('_2', 0.3375),
    layer({ type: 'flatten', name: 'flatten' }),
    layer({ type: 'dense', name: 'dense', units: 256, activation: 'relu' }),
    layer({ type: 'dense', name: 'dense_1', units: 128, activation: 'relu' }),
    ...dropout('dropout_3', options.dropout),
    softmaxLayer('dense_2', options.classCount, options.l2),
  ];
}

function convolutionBlock(suffix: string, rate: number): Layer[] {
  return [
    layer({
      type: 'conv2d',
      name: `conv2d${suffix}`,
      filters: 32,
      kernelSize: [3, 3],
      padding: 'same',
      activation: 'relu',
    }),
    layer({ type: 'max-pool', name: `max_pooling2d${suffix}` }),
    ...dropout(`dropout${suffix}`, rate),
  ];
}
