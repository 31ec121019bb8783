import { expect, test } from 'vitest';
import { createRunMeter } from '../../src-main/app/run-meter.ts';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';

const heard = (phase: TrainingProgress['phase'], residentBytes: number): TrainingProgress => ({
  phase,
  epoch: 1,
  epochs: 3,
  step: 1,
  steps: 2,
  loss: null,
  accuracy: null,
  balancedAccuracy: null,
  learningRate: null,
  imagesPerSecond: null,
  remainingMs: null,
  residentBytes,
  tensors: 0,
});

test('an epoch lasts until the next one ends; repeated epochs and pauses do not count', () => {
  let time = 0;
  const meter = createRunMeter(() => time);
  expect(meter.costs()).toEqual({ peakResidentBytes: null, wholeEpochMs: null });
  meter.epoch();
  time = 500;
  meter.progress(heard('training', 300));
  for (const [end, phase] of [
    [600, 'training'],
    [9600, 'paused'],
    [9720, 'training'],
    [9830, 'validating'],
  ] as const) {
    meter.progress(heard(phase, 200));
    time = end;
    meter.epoch();
  }
  expect(meter.costs()).toEqual({ peakResidentBytes: 300, wholeEpochMs: 110 });
});
