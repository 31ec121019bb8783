import { expect, test } from 'vitest';
import {
  betaQuantile,
  binomialDistribution,
  incompleteBeta,
  logGamma,
} from '../../src-main/numerics/special-functions.ts';
import golden from '../golden/numerics/special-functions.json' with { type: 'json' };

const agree = (actual: number, expected: number, relative: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300);

test.each(golden.gamma)("ln gamma($x) equals SciPy's", ({ x, value }) => {
  expect(Math.abs(logGamma(x) - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, value));
});

test.each(golden.beta)("I_$x($a, $b) equals SciPy's", ({ x, a, b, value }) => {
  agree(incompleteBeta(x, a, b), value, 1e-10);
});

test.each(golden.binomial)("P(X <= $k) of Binomial($n, $p) equals SciPy's", ({ k, n, p, value }) => {
  agree(binomialDistribution(k, n, p), value, 1e-10);
});

test('the quantile inverts the distribution', () => {
  for (const [a, b] of [
    [1, 20],
    [10, 4],
    [700, 900],
  ] as const) {
    for (const probability of [0.025, 0.5, 0.975]) {
      expect(incompleteBeta(betaQuantile(probability, a, b), a, b)).toBeCloseTo(probability, 11);
    }
  }
});
