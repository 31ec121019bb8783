/**
 * EfficientNet-Lite0 without its classifier: EfficientNet-B0 with ReLU6 and no squeeze-and-excitation, layers named as Keras
 * names EfficientNet's: 141 layers. Runs in the worker; makes plain data only.
 * Tan and Le 2019, "EfficientNet: Rethinking Model Scaling"; the Lite variants are Google's (2020) for fixed-point hardware.
 */
import type { Layer } from '../contract/schema/network.ts';
import { activation, add, batchNorm, convolution, depthwise, imageInput } from './blocks.ts';

const EPSILON = 1e-3;

/** Stages 1 to 7: blocks, output channels, kernel size, stride of the first block, expansion. */
const STAGES = [
  { blocks: 1, channels: 16, kernel: 3, stride: 1, expansion: 1 },
  { blocks: 2, channels: 24, kernel: 3, stride: 2, expansion: 6 },
  { blocks: 2, channels: 40, kernel: 5, stride: 2, expansion: 6 },
  { blocks: 3, channels: 80, kernel: 3, stride: 2, expansion: 6 },
  { blocks: 3, channels: 112, kernel: 5, stride: 1, expansion: 6 },
  { blocks: 4, channels: 192, kernel: 5, stride: 2, expansion: 6 },
  { blocks: 1, channels: 320, kernel: 3, stride: 1, expansion: 6 },
] as const;

/** Ends in a map of 1,280 channels at a 32nd of the input size. @param height pixels, from 32 @param width pixels, from 32 */
export function efficientnetLite0(height: number, width: number): Layer[] {
  const layers = [
    imageInput(height, width),
    convolution('stem_conv', 32, 3, { stride: 2, padding: 'same' }),
    batchNorm('stem_bn', EPSILON),
    activation('stem_activation', 'relu6'),
  ];
  let input = 'stem_activation';
  let channels = 32;
  STAGES.forEach((stage, index) => {
    for (let block = 0; block < stage.blocks; block++) {
      const name = `block${index + 1}${'abcd'[block]}`;
      const residual = block > 0;
      layers.push(
        ...expand(name, input, channels * stage.expansion, stage.expansion > 1),
        depthwise(`${name}_dwconv`, stage.kernel, residual ? 1 : stage.stride, 'same'),
        batchNorm(`${name}_bn`, EPSILON),
        activation(`${name}_activation`, 'relu6'),
        convolution(`${name}_project_conv`, stage.channels, 1, { padding: 'same' }),
        batchNorm(`${name}_project_bn`, EPSILON),
      );
      if (residual) layers.push(add(`${name}_add`, [`${name}_project_bn`, input]));
      input = residual ? `${name}_add` : `${name}_project_bn`;
      channels = stage.channels;
    }
  });
  return [
    ...layers,
    convolution('top_conv', 1280, 1, { padding: 'same' }),
    batchNorm('top_bn', EPSILON),
    activation('top_activation', 'relu6'),
  ];
}

function expand(name: string, input: string, filters: number, expands: boolean): Layer[] {
  if (!expands) return [];
  return [
    convolution(`${name}_expand_conv`, filters, 1, { padding: 'same', inputs: [input] }),
    batchNorm(`${name}_expand_bn`, EPSILON),
    activation(`${name}_expand_activation`, 'relu6'),
  ];
}
