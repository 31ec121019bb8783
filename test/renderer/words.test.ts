import { describe, expect, test } from 'vitest';
import { AppError } from '../../src-main/contract/errors.ts';
import type { TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { toCsv } from '../../src-renderer/lib/csv.ts';
import { explain, isCancelled } from '../../src-renderer/lib/explain.ts';
import { problemsOf } from '../../src-renderer/lib/field-problems.ts';
import {
  formatBytes,
  formatCounted,
  formatDuration,
  formatFraction,
  formatInterval,
} from '../../src-renderer/lib/format.ts';
import { readPlace, readQuery, withQuery } from '../../src-renderer/lib/place.ts';
import { shareOf, wordsOf } from '../../src-renderer/lib/progress-words.ts';

describe('numbers', () => {
  test('are fractions with three decimals, and a dash where there is no figure', () => {
    expect([0, 1, 0.12345, null, undefined].map(formatFraction)).toEqual([
      '0.000',
      '1.000',
      '0.123',
      '–',
      '–',
    ]);
    expect(formatInterval({ low: 0.7, high: 0.8215 })).toBe('(0.700–0.822)');
    expect(formatInterval({ low: null, high: null })).toBe('');
  });

  test('are durations, sizes and counted nouns', () => {
    expect([0, 9_400, 61_000, 3_723_000, null].map(formatDuration)).toEqual([
      '0:00',
      '0:09',
      '1:01',
      '1:02:03',
      '–',
    ]);
    expect([0, 999, 1_500, 2_340_000, 78e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 KB',
      '2.3 MB',
      '78 GB',
    ]);
    expect([formatCounted(1, 'image'), formatCounted(8520, 'image')]).toEqual(['1 image', '8,520 images']);
  });
});

test('the address names the screen; an unknown one is the first screen', () => {
  expect(readPlace('#/train')).toEqual({ screen: 'train' });
  expect(readPlace('#/new?from=3')).toEqual({ screen: 'new' });
  expect(readPlace('#/train/3')).toEqual({ screen: 'train', id: 3 });
  expect(readPlace('#/runs')).toEqual({ screen: 'runs' });
  expect(readPlace('#/runs/12')).toEqual({ screen: 'run', id: 12 });
  for (const hash of ['', '#', '#/nothing', '#/runs/x', '#/runs/1/2', '#/datasets/1']) {
    expect(readPlace(hash)).toEqual({ screen: 'datasets' });
  }
});

test('what a screen remembers stands in the address and does not change the screen', () => {
  const hash = withQuery('#/runs/12?part=test&old=1', { part: 'validation', old: null, name: 'a&b=c' });
  expect(hash).toBe('#/runs/12?part=validation&name=a%26b%3Dc');
  expect(readPlace(hash)).toEqual({ screen: 'run', id: 12 });
  expect(Object.fromEntries(readQuery(hash))).toEqual({ part: 'validation', name: 'a&b=c' });
  expect(withQuery('#/runs/12?part=test', { part: null })).toBe('#/runs/12');
});

test('a failure is told in three parts, a cancellation is none', () => {
  const failure = explain(new AppError('disk-full', 'The disk is full.'), 'The run is kept.');
  expect(failure).toEqual({
    what: 'The disk is full.',
    kept: 'The run is kept.',
    next: expect.stringContaining('Free some space'),
  });
  const remembered = { code: 'disk-full', message: 'The disk is full.' };
  expect(explain(remembered, 'The run is kept.')).toEqual(failure);
  expect(isCancelled(new AppError('cancelled', 'Stopped.'))).toBe(true);
  expect(isCancelled(new Error('cancelled'))).toBe(false);
});

test('what is wrong with a configuration is told at its field', () => {
  const issues = [
    { path: ['epochs'], message: 'Too small' },
    { path: ['epochs'], message: 'Not whole' },
    { path: ['headL2'], message: 'Negative' },
    { path: ['notASetting'], message: 'Unknown' },
    { path: ['batchSize'], message: 'Too small: expected number to be >0' },
    { path: ['seed'], message: 'Invalid input: expected number, received string' },
  ];
  const refused = new AppError('bad-input', 'The training configuration does not fit.', {
    details: { issues },
  });
  expect(problemsOf(refused)).toEqual({
    epochs: 'Too small',
    headL2: 'Negative',
    form: 'Unknown',
    batchSize: 'Must be more than 0.',
    seed: 'A number is needed.',
  });
  expect(problemsOf(new AppError('bad-input', 'The fractions must sum to 1.'))).toEqual({
    form: 'The fractions must sum to 1.',
  });
});

describe('progress', () => {
  const training: TrainingProgress = {
    phase: 'training',
    epoch: 2,
    epochs: 4,
    step: 5,
    steps: 10,
    loss: 1,
    accuracy: 0.5,
    balancedAccuracy: null,
    learningRate: 0.001,
    imagesPerSecond: 1234.5,
    remainingMs: 61_000,
    residentBytes: 1,
    tensors: 1,
  };
  const heard = (progress: TrainingProgress | null) => ({ progress, preparing: null });

  test('is told in words and as a share that only grows', () => {
    expect(wordsOf(heard(training))).toBe('Epoch 2 of 4 · step 5 of 10 · 1,235 images/s · 1:01 left');
    expect(shareOf(heard(training))).toBe(0.375);
    expect(shareOf(heard({ ...training, phase: 'validating', step: 0 }))).toBe(0.5);
    expect(shareOf(heard({ ...training, epoch: 4, phase: 'saving', step: 0 }))).toBe(1);
    expect(shareOf(heard(null))).toBeNull();
  });

  test('before the first step is that of the images', () => {
    const reading = { progress: null, preparing: { done: 20, total: 80, remainingMs: null } };
    expect(wordsOf(reading)).toBe('Reading images: 20 of 80');
    expect(shareOf(reading)).toBe(0.25);
  });
});

test('a CSV quotes what must be quoted', () => {
  const rows = [{ name: 'a,b', note: 'say "x"\nthen', value: null }];
  expect(toCsv(rows)).toBe('name,note,value\r\n"a,b","say ""x""\nthen",\r\n');
});
