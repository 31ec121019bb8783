/** A small network in which every kind of layer occurs. Test support. */
import { Layer, type LayerInput, type Network } from '../../src-main/contract/index.ts';

const same = { padding: 'same' } as const;
/** With names that a node of a graph may not have. */
const layers: LayerInput[] = [
  { type: 'input', name: '_in', height: 12, width: 10, channels: 3 },
  { type: 'zero-padding', name: '_pad', padding: [[0, 1], [2, 1]] }, // biome-ignore format: one line a layer
  { type: 'conv2d', name: 'conv', filters: 6, kernelSize: [3, 3], strides: [2, 2], useBias: false },
  { type: 'batch-norm', name: 'norm/folded' },
  { type: 'activation', name: 'relu6', activation: 'relu6' },
  { type: 'depthwise-conv2d', name: 'depthwise', kernelSize: [3, 3], activation: 'relu', ...same },
  { type: 'batch-norm', name: 'norm-alone', epsilon: 0.01, scale: false },
  { type: 'add', name: 'add', inputs: ['relu6', 'depthwise', 'norm-alone'] },
  { type: 'max-pool', name: 'max', poolSize: [2, 2], strides: [1, 1], ...same },
  { type: 'average-pool', name: 'average', inputs: ['add'], poolSize: [3, 3], strides: [1, 1], ...same },
  { type: 'concat', name: 'joined', inputs: ['max', 'average'] },
  { type: 'flatten', name: 'flat' },
  { type: 'global-average-pool', name: 'means', inputs: ['joined'] },
  { type: 'batch-norm', name: 'norm-of-features' },
  { type: 'concat', name: 'features', inputs: ['flat', 'norm-of-features'] },
  { type: 'dropout', name: 'dropout', rate: 0.5 },
  { type: 'dense', name: 'hidden', units: 5, activation: 'linear' },
  { type: 'activation', name: 'probabilities', activation: 'softmax' },
];

/** Takes 12 x 10 pixels and gives five classes. */
export const EVERY_LAYER: Network = {
  layers: layers.map((layer) => Layer.parse(layer)),
  backboneLayerCount: 0,
};
