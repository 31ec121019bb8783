/**
 * ResNet50 (v1) without its classifier, layer for layer as keras.applications.ResNet50(include_top=False): 175 layers, in
 * the order in which Keras counts them (the shortcut's convolution comes after the branch's second activation). Runs in the
 * worker; makes plain data only.
 * He et al. 2015, "Deep Residual Learning for Image Recognition"; the stride sits in the first 1 x 1 convolution.
 */
import type { Layer } from '../contract/schema/network.ts';
import { activation, add, batchNorm, convolution, imageInput, maxPool, zeroPadding } from './blocks.ts';

const EPSILON = 1.001e-5;

/** [stage, filters of the narrow convolutions, blocks, stride of the first block] */
const STAGES = [
  [2, 64, 3, 1],
  [3, 128, 4, 2],
  [4, 256, 6, 2],
  [5, 512, 3, 2],
] as const;

/** Ends in a map of 2,048 channels at a 32nd of the input size. @param height pixels, from 32 @param width pixels, from 32 */
export function resnet50(height: number, width: number): Layer[] {
  const layers = [
    imageInput(height, width),
    zeroPadding('conv1_pad', 3),
    convolution('conv1_conv', 64, 7, { stride: 2, useBias: true }),
    batchNorm('conv1_bn', EPSILON),
    activation('conv1_relu', 'relu'),
    zeroPadding('pool1_pad', 1),
    maxPool('pool1_pool', 3, 2),
  ];
  let previous = 'pool1_pool';
  for (const [stage, filters, blocks, stride] of STAGES) {
    for (let block = 1; block <= blocks; block++) {
      const name = `conv${stage}_block${block}`;
      layers.push(...residualBlock(name, previous, filters, block === 1 ? stride : null));
      previous = `${name}_out`;
    }
  }
  return layers;
}

/** @param stride of a block whose shortcut is a convolution; null: the shortcut is the input itself */
function residualBlock(name: string, input: string, filters: number, stride: number | null): Layer[] {
  const projected = stride !== null;
  return [
    convolution(`${name}_1_conv`, filters, 1, { stride: stride ?? 1, useBias: true, inputs: [input] }),
    batchNorm(`${name}_1_bn`, EPSILON),
    activation(`${name}_1_relu`, 'relu'),
    convolution(`${name}_2_conv`, filters, 3, { padding: 'same', useBias: true }),
    batchNorm(`${name}_2_bn`, EPSILON),
    activation(`${name}_2_relu`, 'relu'),
    ...(projected
      ? [convolution(`${name}_0_conv`, 4 * filters, 1, { stride, useBias: true, inputs: [input] })]
      : []),
    convolution(`${name}_3_conv`, 4 * filters, 1, { useBias: true, inputs: [`${name}_2_relu`] }),
    ...(projected ? [batchNorm(`${name}_0_bn`, EPSILON, [`${name}_0_conv`])] : []),
    batchNorm(`${name}_3_bn`, EPSILON, [`${name}_3_conv`]),
    add(`${name}_add`, [projected ? `${name}_0_bn` : input, `${name}_3_bn`]),
    activation(`${name}_out`, 'relu'),
  ];
}
