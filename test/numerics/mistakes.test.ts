import { expect, test } from 'vitest';
import { mistakesByConfidence } from '../../src-main/numerics/mistakes.ts';

test('mistakes are listed with the surest first; what is right is left out', () => {
  const rows = [
    [0.6, 0.4],
    [0.9, 0.1],
    [0.2, 0.8],
    [0.6, 0.4],
  ];
  expect(mistakesByConfidence({ rows, trueClasses: [1, 0, 0, 1] })).toEqual([
    { index: 2, trueClass: 0, predictedClass: 1, confidence: 0.8 },
    { index: 0, trueClass: 1, predictedClass: 0, confidence: 0.6 },
    { index: 3, trueClass: 1, predictedClass: 0, confidence: 0.6 },
  ]);
  expect(mistakesByConfidence({ rows: [], trueClasses: [] })).toEqual([]);
});
