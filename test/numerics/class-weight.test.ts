import { expect, test } from 'vitest';
import { classWeights } from '../../src-main/numerics/class-weight.ts';
import golden from '../golden/numerics/class-weight.json' with { type: 'json' };

test.each(golden)("inverse equals scikit-learn's balanced for $counts", ({ counts, balanced }) => {
  const weights = classWeights(counts, 'inverse');
  weights.forEach((weight, c) => {
    expect(weight).toBeCloseTo(balanced[c]!, 10);
  });
});

test.each(['none', 'inverse', 'sqrt-inverse'] as const)('%s has mean 1 over the samples', (kind) => {
  const counts = [327, 0, 1099, 115];
  const weights = classWeights(counts, kind);
  const mean = weights.reduce((sum, weight, c) => sum + weight * counts[c]!, 0) / (327 + 1099 + 115);
  expect(mean).toBeCloseTo(1, 12);
  expect(weights[1]).toBe(0);
});

test('the square root softens: four times rarer weighs twice as much', () => {
  const [rare, common] = classWeights([100, 400], 'sqrt-inverse');
  expect(rare! / common!).toBeCloseTo(2, 12);
});

test('refuses counts without a sample or that are no counts', () => {
  expect(() => classWeights([0, 0], 'inverse')).toThrow(/at least one sample/);
  expect(() => classWeights([1, -1], 'none')).toThrow(/1,-1/);
});
