/**
 * A training pass as a graph, which a processor runs, against the same one operation at a time, which a GPU runs: loss, gradients and moving
 * statistics, for every kind of layer, with dropout, an L2 penalty and both losses.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Layer, Network } from '../../src-main/contract/index.ts';
import { createTrainable } from '../../src-main/models/trainable.ts';
import { type Tensor, tf } from '../../src-main/tf.ts';
import { createLoss } from '../../src-main/training/losses.ts';
import { EVERY_LAYER } from '../support/every-layer.ts';
import { hashWeights } from '../support/hash-weights.ts';

let createEager: typeof createTrainable;
beforeAll(async () => {
  vi.resetModules();
  vi.doMock('../../src-main/native-op.ts', async (importActual) => ({
    ...(await importActual<object>()),
    usesGpu: true,
  }));
  ({ createTrainable: createEager } = await import('../../src-main/models/trainable.ts'));
});

const CLASSES = 5;
const network: Network = {
  ...EVERY_LAYER,
  layers: EVERY_LAYER.layers.map((layer): Layer => (layer.type === 'dense' ? { ...layer, l2: 0.1 } : layer)),
};

const batch = (size: number) => ({
  features: [tf.randomUniform([size, 12, 10, 3], -1, 1, 'float32', size)],
  targets: tf.oneHot(tf.range(0, size, 1, 'int32'), CLASSES).toFloat() as never,
  sampleWeights: tf.linspace(0.5, 2, size),
});

/** Everything that two passes give, and the weights' statistics after them; `seed` draws the dropout. */
function passes(create: typeof createTrainable, loss: 'cross-entropy' | 'focal', seed: number) {
  const weights = hashWeights(network, 'lively');
  const model = create(network, weights, 1, createLoss({ loss, focalGamma: 2, labelSmoothing: 0.1 }));
  const given = [4, 3].map((size) => {
    let draws = seed;
    const { perSample, probabilities, gradients } = model.pass(batch(size), () => draws++);
    return { perSample, probabilities, ...Object.fromEntries(gradients) } as Record<string, Tensor>;
  });
  const values = given.flatMap((pass, index) =>
    Object.entries(pass).map(([name, tensor]): [string, ArrayLike<number>] => [
      `${name}, pass ${index + 1}`,
      tensor.dataSync(),
    ]),
  );
  const statistics = [...model.snapshotTrained()].filter(([key]) => key.includes('/moving_'));
  model.dispose();
  return new Map([...values, ...statistics.map(([key, array]) => [key, array.values] as const)]);
}

const farthest = (ours: ArrayLike<number>, theirs: ArrayLike<number>) => {
  const scale = Math.max(1e-3, ...Array.from(theirs, Math.abs));
  return Math.max(...Array.from(ours, (value, index) => Math.abs(value - theirs[index]!))) / scale;
};

describe.each(['cross-entropy', 'focal'] as const)('%s', (loss) => {
  it('gives the same as a graph and step by step', () => {
    const [ours, theirs] = [passes(createTrainable, loss, 7), passes(createEager, loss, 7)];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [name, values] of ours) expect(farthest(values, theirs.get(name)!), name).toBeLessThan(1e-4);
  });

  it('draws another dropout for other seeds', () => {
    const [one, other] = [passes(createTrainable, loss, 7), passes(createTrainable, loss, 8)];
    expect(farthest(one.get('perSample, pass 1')!, other.get('perSample, pass 1')!)).toBeGreaterThan(0.01);
  });
});
