/**
 * `nn1`, the published dense baseline: flatten · five dense layers of 64 ReLU units drawn from ±0.05 · dense softmax.
 * Runs in the worker; makes plain data only.
 */
import type { Layer } from '../contract/schema/network.ts';
import { imageInput, layer } from './blocks.ts';
import { dropout, softmaxLayer } from './head.ts';

export interface BaselineOptions {
  readonly heightPx: number;
  readonly widthPx: number;
  readonly classCount: number;
  /** Rate of the dropout before the last layer, in [0, 1). */
  readonly dropout: number;
  readonly l2: number;
}

export function nn1(options: BaselineOptions): Layer[] {
  const hidden = ['dense', 'dense_1', 'dense_2', 'dense_3', 'dense_4'];
  return [
    imageInput(options.heightPx, options.widthPx),
    layer({ type: 'flatten', name: 'flatten' }),
    ...hidden.map((name) =>
      layer({ type: 'dense', name, units: 64, activation: 'relu', initialiser: 'uniform-0.05' }),
    ),
    ...dropout('dropout', options.dropout),
    softmaxLayer('dense_5', options.classCount, options.l2),
  ];
}
