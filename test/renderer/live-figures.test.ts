/** What stays on the screen of a training while it tells no figures of a step. */
import { expect, test } from 'vitest';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { withLastFigures } from '../../src-renderer/lib/live-figures.ts';

const training: TrainingProgress = {
  phase: 'training',
  epoch: 2,
  epochs: 3,
  step: 9,
  steps: 9,
  loss: 0.5,
  accuracy: 0.8,
  balancedAccuracy: 0.7,
  learningRate: 0.001,
  imagesPerSecond: 88,
  remainingMs: 4000,
  residentBytes: 7e8,
  tensors: 300,
};
const nothing = {
  loss: null,
  accuracy: null,
  balancedAccuracy: null,
  learningRate: null,
  imagesPerSecond: null,
};
const validating: TrainingProgress = {
  ...training,
  ...nothing,
  phase: 'validating',
  step: 0,
  steps: 0,
  remainingMs: null,
  residentBytes: 8e8,
};

test('the figures of the last step stay while a run validates, what it does tell is new', () => {
  const shown = withLastFigures(validating, training);
  expect(shown).toEqual({ ...training, phase: 'validating', residentBytes: 8e8 });
});

test('a new epoch begins without the figures of the old one', () => {
  const first: TrainingProgress = { ...training, ...nothing, epoch: 3, step: 0 };
  expect(withLastFigures(first, training)).toEqual(first);
  expect(withLastFigures(validating, null)).toEqual(validating);
});
