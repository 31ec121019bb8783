import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor2D } from '../../src-main/tf.ts';
import { tf } from '../../src-main/tf.ts';
import { createLoss } from '../../src-main/training/losses.ts';

interface Golden {
  readonly logits: number[][];
  readonly labels: number[];
  readonly weights: number[];
  readonly cases: Record<string, { loss: number; gradient: number[][] }>;
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/training/losses.json', import.meta.url), 'utf8'),
) as Golden;

const configs = {
  'cross-entropy': { loss: 'cross-entropy', focalGamma: 2, labelSmoothing: 0 },
  'label-smoothing': { loss: 'cross-entropy', focalGamma: 2, labelSmoothing: 0.1 },
  focal: { loss: 'focal', focalGamma: 2, labelSmoothing: 0 },
  'focal-smoothed': { loss: 'focal', focalGamma: 1.5, labelSmoothing: 0.1 },
} as const;

describe.each(Object.entries(configs))('%s', (name, config) => {
  it('has the loss and the gradient of Keras, weighted by sample', () => {
    tf.tidy(() => {
      const targets = tf.oneHot(tf.tensor1d(golden.labels, 'int32'), 3).toFloat() as Tensor2D;
      const values = createLoss(config)(tf.tensor2d(golden.logits), targets, tf.tensor1d(golden.weights));
      const expected = golden.cases[name]!;
      const mean = values.perSample.mean().dataSync<'float32'>()[0];
      expect(mean).toBeCloseTo(expected.loss, 5);
      values.gradient.arraySync().forEach((row, sample) => {
        row.forEach((value, c) => {
          expect(value).toBeCloseTo(expected.gradient[sample]![c]!, 5);
        });
      });
    });
  });

  it('stays finite at extreme logits', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([
        [200, -200, 0],
        [-200, 200, 0],
      ]);
      const targets = tf.tensor2d([
        [1, 0, 0],
        [1, 0, 0],
      ]);
      const { perSample, gradient } = createLoss(config)(logits, targets, tf.tensor1d([1, 1]));
      expect(
        [...perSample.dataSync<'float32'>(), ...gradient.dataSync<'float32'>()].every(Number.isFinite),
      ).toBe(true);
    });
  });
});
