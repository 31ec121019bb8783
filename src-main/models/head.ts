/**
 * The classifier put on a backbone's last map: global average pool · (batch norm) · dropout · dense softmax. Runs in the worker;
 * makes plain data only. Names are those Keras gives by itself.
 */
import type { Layer } from '../contract/schema/network.ts';
import { batchNorm, layer } from './blocks.ts';

export interface HeadOptions {
  /** At least 2. */
  readonly classCount: number;
  /** Share of features dropped while training, in [0, 1); at 0 there is no such layer. */
  readonly dropout: number;
  /** Batch norm between pooling and dropout, as the published README describes mobile_net2. */
  readonly batchNorm: boolean;
  /** Weight of the L2 penalty on the dense kernel; 0: none. */
  readonly l2: number;
}

/** [batch, height, width, channels] → [batch, classes] */
export function poolingHead(options: HeadOptions): Layer[] {
  return [
    layer({ type: 'global-average-pool', name: 'global_average_pooling2d' }),
    ...(options.batchNorm ? [batchNorm('batch_normalization', 1e-3)] : []),
    ...dropout('dropout', options.dropout),
    softmaxLayer('dense', options.classCount, options.l2),
  ];
}

/** A dropout layer, or nothing at rate 0. */
export function dropout(name: string, rate: number): Layer[] {
  return rate > 0 ? [layer({ type: 'dropout', name, rate })] : [];
}

/** The last layer of every model: one probability a class. */
export function softmaxLayer(name: string, classCount: number, l2: number): Layer {
  return layer({ type: 'dense', name, units: classCount, activation: 'softmax', l2 });
}
