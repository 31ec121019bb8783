/**
 * MobileNet v1, width 1.0, without its classifier, layer for layer as keras.applications.MobileNet(include_top=False):
 * 86 layers. Runs in the worker; makes plain data only.
 * Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications".
 */
import type { Layer } from '../contract/schema/network.ts';
import { activation, batchNorm, convolution, depthwise, imageInput, zeroPadding } from './blocks.ts';

/** [filters of the 1 x 1 convolution, stride of the depthwise one] of blocks 1 to 13. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** Ends in a map of 1,024 channels at a 32nd of the input size. @param height pixels, from 32 @param width pixels, from 32 */
export function mobilenetV1(height: number, width: number): Layer[] {
  return [
    imageInput(height, width),
    convolution('conv1', 32, 3, { stride: 2, padding: 'same' }),
    ...normalised('conv1'),
    ...BLOCKS.flatMap(([filters, stride], index) => separableBlock(index + 1, filters, stride)),
  ];
}

function separableBlock(block: number, filters: number, stride: number): Layer[] {
  const strided = stride > 1;
  return [
    // Keras pads below and right only, which at odd sizes differs from padding "same"
    ...(strided
      ? [
          zeroPadding(`conv_pad_${block}`, [
            [0, 1],
            [0, 1],
          ]),
        ]
      : []),
    depthwise(`conv_dw_${block}`, 3, stride, strided ? 'valid' : 'same'),
    ...normalised(`conv_dw_${block}`),
    convolution(`conv_pw_${block}`, filters, 1, { padding: 'same' }),
    ...normalised(`conv_pw_${block}`),
  ];
}

function normalised(name: string): Layer[] {
  return [batchNorm(`${name}_bn`, 1e-3), activation(`${name}_relu`, 'relu6')];
}
