/** A small network with every type of layer, a branch and a skip, for tests of files. Test support. */
import { Network } from '../../src-main/contract/schema/network.ts';

/** 3 classes; images of 20 x 24 pixels unless said. */
export function everyLayerNetwork(height = 20, width = 24): Network {
  return Network.parse({
    layers: [
      { type: 'input', name: 'image', height, width, channels: 3 },
      {
        type: 'conv2d',
        name: 'stem',
        filters: 6,
        kernelSize: [3, 3],
        strides: [2, 2],
        padding: 'same',
        useBias: false,
      },
      { type: 'batch-norm', name: 'stem_norm', epsilon: 1.001e-5, momentum: 0.9 },
      { type: 'activation', name: 'stem_relu6', activation: 'relu6' },
      {
        type: 'zero-padding',
        name: 'pad',
        padding: [
          [0, 1],
          [1, 0],
        ],
      },
      { type: 'depthwise-conv2d', name: 'depthwise', kernelSize: [3, 3], activation: 'relu' },
      { type: 'max-pool', name: 'pool', poolSize: [3, 2], strides: [1, 2], padding: 'same' },
      { type: 'conv2d', name: 'left', filters: 4, kernelSize: [1, 1], activation: 'relu6', l2: 0.001 },
      { type: 'conv2d', name: 'right', inputs: ['pool'], filters: 4, kernelSize: [3, 1], padding: 'same' },
      { type: 'add', name: 'sum', inputs: ['left', 'right'] },
      { type: 'concat', name: 'both', inputs: ['sum', 'pool'] },
      { type: 'average-pool', name: 'average', poolSize: [2, 2] },
      { type: 'batch-norm', name: 'unscaled', scale: false },
      { type: 'global-average-pool', name: 'features' },
      { type: 'flatten', name: 'flat', inputs: ['unscaled'] },
      { type: 'concat', name: 'joined', inputs: ['features', 'flat'] },
      { type: 'flatten', name: 'flat_again' },
      { type: 'dropout', name: 'drop', rate: 0.3 },
      { type: 'dense', name: 'hidden', units: 8, activation: 'relu' },
      { type: 'dense', name: 'probabilities', units: 3, activation: 'softmax', l2: 0.01 },
    ],
  });
}
