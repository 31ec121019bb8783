/** The graph that TensorFlow optimises against the same layers run one operation at a time. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import type { Network } from '../../src-main/contract/index.ts';
import { foldBatchNorm } from '../../src-main/models/fold.ts';
import { compileGraph } from '../../src-main/models/graph/graph-program.ts';
import { compileEager } from '../../src-main/models/predictor.ts';
import { tf } from '../../src-main/tf.ts';
import { EVERY_LAYER } from '../support/every-layer.ts';
import { hashWeights } from '../support/hash-weights.ts';

/** In place of the machine's folder for temporary files, where other processes put theirs at the same time. */
const ownFolder = mkdtempSync(join(tmpdir(), 'lesion-lab-graph-test-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(ownFolder, { recursive: true, force: true }));

it('gives what the layers give, at every output asked for and whatever the batch', () => {
  const network = EVERY_LAYER;
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
  const network: Network = { ...EVERY_LAYER, layers: EVERY_LAYER.layers.slice(0, 5) };
  const folded = foldBatchNorm(network.layers, hashWeights(network, 'calm'), ['relu6']);
  const images = tf.zeros([2, 12, 10, 3]);
  const before = tf.memory().numTensors;
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, ownFolder);
  expect(tmpdir()).toBe(ownFolder);
  const graph = compileGraph(folded, ['relu6']);
  tf.dispose([...graph.run(images).values()]);
  graph.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(readdirSync(ownFolder)).toEqual([]);
});
