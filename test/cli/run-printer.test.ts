import { expect, test } from 'vitest';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { progressLine } from '../../src-main/hosts/cli/printers/run.ts';

const step: TrainingProgress = {
  phase: 'training',
  epoch: 3,
  epochs: 50,
  step: 120,
  steps: 576,
  loss: 0.5,
  accuracy: 0.812,
  balancedAccuracy: 0.701,
  learningRate: 0.00005,
  imagesPerSecond: 71.4,
  remainingMs: 3_661_000,
  residentBytes: 3 * 1024 ** 3,
  tensors: 300,
};

test('the live line has step, time left, images a second, loss, both accuracies, learning rate and memory', () => {
  expect(progressLine(step)).toBe(
    'training 3/50  step 120/576  1 h 01 min left  71 img/s  loss 0.500  acc 0.812  bal 0.701  lr 0.0000500  3.0 GiB',
  );
});

test('of a phase without steps it says what there is', () => {
  const nothing = { loss: null, accuracy: null, balancedAccuracy: null, learningRate: null };
  const validating = { ...step, ...nothing, phase: 'validating', step: 0, steps: 0 } as const;
  expect(progressLine({ ...validating, imagesPerSecond: null, remainingMs: null })).toBe(
    'validating 3/50  3.0 GiB',
  );
});
