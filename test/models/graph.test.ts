/** The graph that TensorFlow optimises against the same layers run one operation at a time. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { Layer, type LayerInput, type Network } from '../../src-main/contract/index.ts';
import { foldBatchNorm } from '../../src-main/models/fold.ts';
import { compileGraph } from '../../src-main/models/graph/graph-program.ts';
import { compileEager } from '../../src-main/models/predictor.ts';
import { tf } from '../../src-main/tf.ts';
import { hashWeights } from '../support/hash-weights.ts';

const same = { padding: 'same' } as const;
/** Every kind of layer, with names that a node of a graph may not have. */
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

it('gives what the layers give, at every output asked for and whatever the batch', () => {
  const network: Network = { layers: layers.map((layer) => Layer.parse(layer)), backboneLayerCount: 0 };
  const outputs = ['_in', 'relu6', 'joined', 'hidden', 'probabilities'];
  const folded = foldBatchNorm(network.layers, hashWeights(network, 'lively'), outputs);
  const graph = compileGraph(folded, outputs);
  const plain = compileEager(folded, outputs);
  for (const batch of [1, 4]) {
    const images = tf.randomUniform([batch, 12, 10, 3], -1, 1, 'float32', batch);
    const expected = plain.run(images);
    const given = graph.run(images);
    for (const name of outputs) {
      const [ours, theirs] = [given.get(name)!, expected.get(name)!];
      expect(ours.shape).toEqual(theirs.shape);
      const scale = theirs.abs().max().dataSync()[0]!;
      expect(ours.sub(theirs).abs().max().dataSync()[0]! / scale, name).toBeLessThan(1e-5);
    }
  }
});

it('leaves no file and no tensor behind', () => {
  const network: Network = {
    layers: layers.slice(0, 5).map((layer) => Layer.parse(layer)),
    backboneLayerCount: 0,
  };
  const folded = foldBatchNorm(network.layers, hashWeights(network, 'calm'), ['relu6']);
  const images = tf.zeros([2, 12, 10, 3]);
  const before = tf.memory().numTensors;
  const graph = compileGraph(folded, ['relu6']);
  tf.dispose([...graph.run(images).values()]);
  graph.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('lesion-lab-graph-'))).toEqual([]);
});
