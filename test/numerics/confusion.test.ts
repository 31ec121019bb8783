import { describe, expect, test } from 'vitest';
import {
  absentClasses,
  accuracy,
  argMax,
  balancedAccuracy,
  classScores,
  confusionMatrix,
  macroMean,
  normaliseColumns,
  normaliseRows,
  weightedMean,
} from '../../src-main/numerics/confusion.ts';
import golden from '../golden/numerics/confusion.json' with { type: 'json' };
import { expectClose } from './close.ts';

describe.each(Object.entries(golden))('%s: equals scikit-learn', (_, expected) => {
  const matrix = confusionMatrix(expected.true, expected.predicted, expected.classCount);
  const scores = classScores(matrix);
  const support = scores.map((score) => score.support);

  test('matrix', () => {
    expect(matrix).toEqual(expected.matrix);
    const byRow = normaliseRows(matrix);
    expectClose(
      expected.present.map((c) => byRow[c]),
      expected.byRow,
    );
  });

  test('accuracies', () => {
    expectClose(accuracy(matrix), expected.accuracy);
    expectClose(balancedAccuracy(matrix), expected.balancedAccuracy);
  });

  test('scores of each class', () => {
    expect(support).toEqual(expected.support);
    for (const name of ['precision', 'recall', 'f1', 'specificity'] as const) {
      expectClose(
        scores.map((score) => score[name]),
        expected[name],
      );
    }
  });

  test('means', () => {
    for (const name of ['precision', 'recall', 'f1'] as const) {
      const values = scores.map((score) => score[name]);
      expectClose(macroMean(values), expected.macro[name]);
      expectClose(weightedMean(values, support), expected.weighted[name]);
    }
  });
});

describe('undefined stays undefined', () => {
  test('without any sample every figure is null', () => {
    const empty = confusionMatrix([], [], 2);
    expect([accuracy(empty), balancedAccuracy(empty)]).toEqual([null, null]);
    expect(classScores(empty)).toEqual(
      Array(2).fill({ support: 0, precision: null, recall: null, specificity: null, f1: null }),
    );
    expect(normaliseRows(empty)).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(macroMean([null, null])).toBeNull();
  });

  test('absent classes are named, their rows and unused columns are null', () => {
    const matrix = confusionMatrix([0, 2], [2, 2], 4);
    expect(absentClasses(matrix)).toEqual([1, 3]);
    expect(normaliseRows(matrix)[1]).toEqual([null, null, null, null]);
    expect(normaliseColumns(matrix)[0]).toEqual([null, null, 0.5, null]);
  });
});

test('argMax takes the first of equals', () => {
  expect(argMax([0.2, 0.4, 0.4])).toBe(1);
  expect(argMax([])).toBe(-1);
});

test('refuses indices outside the class list and lists of different length', () => {
  expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow(/sample 1 has true class 3/);
  expect(() => confusionMatrix([0], [-1], 3)).toThrow(RangeError);
  expect(() => confusionMatrix([0.5], [0], 3)).toThrow(RangeError);
  expect(() => confusionMatrix([0], [], 3)).toThrow(/1 and 0/);
});
