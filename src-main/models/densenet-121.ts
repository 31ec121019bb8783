/**
 * DenseNet121 without its classifier, layer for layer as keras.applications.DenseNet121(include_top=False): 427 layers.
 * Runs in the worker; makes plain data only.
 * Huang et al. 2016, "Densely Connected Convolutional Networks"; growth 32, transitions halve the channels.
 */
import type { Layer } from '../contract/schema/network.ts';
import {
  activation,
  averagePool,
  batchNorm,
  concat,
  convolution,
  imageInput,
  maxPool,
  zeroPadding,
} from './blocks.ts';

const EPSILON = 1.001e-5;
const GROWTH = 32;
/** [stage, blocks] */
const STAGES = [
  [2, 6],
  [3, 12],
  [4, 24],
  [5, 16],
] as const;

/** Ends in a map of 1,024 channels at a 32nd of the input size. @param height pixels, from 32 @param width pixels, from 32 */
export function densenet121(height: number, width: number): Layer[] {
  const layers = [
    imageInput(height, width),
    zeroPadding('zero_padding2d', 3),
    convolution('conv1_conv', 64, 7, { stride: 2 }),
    batchNorm('conv1_bn', EPSILON),
    activation('conv1_relu', 'relu'),
    zeroPadding('zero_padding2d_1', 1),
    maxPool('pool1', 3, 2),
  ];
  let previous = 'pool1';
  let channels = 64;
  for (const [stage, blocks] of STAGES) {
    for (let block = 1; block <= blocks; block++) {
      const name = `conv${stage}_block${block}`;
      layers.push(...denseBlock(name, previous));
      previous = `${name}_concat`;
    }
    channels += GROWTH * blocks;
    if (stage < 5) {
      channels /= 2;
      layers.push(...transition(`pool${stage}`, channels));
      previous = `pool${stage}_pool`;
    }
  }
  return [...layers, batchNorm('bn', EPSILON), activation('relu', 'relu')];
}

function denseBlock(name: string, input: string): Layer[] {
  return [
    batchNorm(`${name}_0_bn`, EPSILON, [input]),
    activation(`${name}_0_relu`, 'relu'),
    convolution(`${name}_1_conv`, 4 * GROWTH, 1),
    batchNorm(`${name}_1_bn`, EPSILON),
    activation(`${name}_1_relu`, 'relu'),
    convolution(`${name}_2_conv`, GROWTH, 3, { padding: 'same' }),
    concat(`${name}_concat`, [input, `${name}_2_conv`]),
  ];
}

function transition(name: string, channels: number): Layer[] {
  return [
    batchNorm(`${name}_bn`, EPSILON),
    activation(`${name}_relu`, 'relu'),
    convolution(`${name}_conv`, channels, 1),
    averagePool(`${name}_pool`, 2, 2),
  ];
}
