import { describe, expect, test } from 'vitest';
import {
  bootstrapDistribution,
  bootstrapGroups,
  percentile,
  type Statistic,
} from '../../src-main/numerics/bootstrap.ts';
import golden from '../golden/numerics/bootstrap.json' with { type: 'json' };

const meanOf =
  (values: readonly number[]): Statistic =>
  (multiplicities) => {
    let sum = 0;
    let count = 0;
    values.forEach((value, i) => {
      sum += value * multiplicities[i]!;
      count += multiplicities[i]!;
    });
    return [count === 0 ? null : sum / count];
  };

const each = (values: readonly unknown[]) => values.map((_, i) => i);

test.each(golden.percentiles.at)("percentile at $share equals NumPy's", ({ share, value }) => {
  expect(percentile(golden.percentiles.ascending, share)).toBeCloseTo(value, 12);
});

describe('interval of a mean', () => {
  test('of independent values agrees with scipy.stats.bootstrap up to drawing', () => {
    const { values, interval } = golden;
    const [estimate] = bootstrapGroups({
      groups: each(values),
      samples: 8000,
      seed: 1,
      statistic: meanOf(values),
    });
    expect(Math.abs(estimate!.low! - interval[0]!)).toBeLessThan(0.03);
    expect(Math.abs(estimate!.high! - interval[1]!)).toBeLessThan(0.03);
  });

  test('of clusters agrees with a bootstrap over clusters, and is wider than one over values', () => {
    const { values, groups, interval } = golden.clustered;
    const statistic = meanOf(values);
    const [clustered] = bootstrapGroups({ groups, samples: 8000, seed: 1, statistic });
    const [naive] = bootstrapGroups({ groups: each(values), samples: 8000, seed: 1, statistic });
    expect(Math.abs(clustered!.low! - interval[0]!)).toBeLessThan(0.02);
    expect(Math.abs(clustered!.high! - interval[1]!)).toBeLessThan(0.02);
    expect(clustered!.high! - clustered!.low!).toBeGreaterThan(1.2 * (naive!.high! - naive!.low!));
  });
});

describe('draws', () => {
  const groups = ['a', 'a', 'b', 'c', 'c', 'c', 'd'];

  test('a group is drawn whole, and as many groups as there are', () => {
    const seen: number[][] = [];
    bootstrapDistribution({
      groups,
      samples: 50,
      seed: 2,
      statistic: (multiplicities) => {
        seen.push([...multiplicities]);
        return [];
      },
    });
    expect(seen[0]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(new Set(seen.map(String)).size).toBeGreaterThan(10);
    for (const m of seen) {
      expect([m[1], m[3], m[4]]).toEqual([m[0], m[4], m[5]]);
      expect(m[0]! + m[2]! + m[3]! + m[6]!).toBe(4);
    }
  });

  test('strata keep their number of groups', () => {
    const strata = [0, 0, 0, 1, 1, 1, 1];
    bootstrapDistribution({
      groups,
      strata,
      samples: 50,
      seed: 2,
      statistic: (m) => {
        expect([m[0]! + m[2]!, m[3]! + m[6]!]).toEqual([2, 2]);
        return [];
      },
    });
  });

  test('the seed decides', () => {
    const run = (seed: number) =>
      bootstrapGroups({ groups: each(golden.values), samples: 100, seed, statistic: meanOf(golden.values) });
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});

describe('what cannot be had is null', () => {
  test('an undefined figure, a single group, no samples', () => {
    const undefinedFigure = bootstrapGroups({
      groups: [1, 2],
      samples: 20,
      seed: 0,
      statistic: () => [null],
    });
    expect(undefinedFigure).toEqual([{ value: null, low: null, high: null }]);
    const single = bootstrapGroups({ groups: [1, 1], samples: 20, seed: 0, statistic: meanOf([1, 2]) });
    expect(single).toEqual([{ value: 1.5, low: null, high: null }]);
    const unsampled = bootstrapGroups({ groups: [1, 2], samples: 0, seed: 0, statistic: meanOf([1, 2]) });
    expect(unsampled).toEqual([{ value: 1.5, low: null, high: null }]);
    const empty = bootstrapGroups({ groups: [], samples: 20, seed: 0, statistic: meanOf([]) });
    expect(empty).toEqual([{ value: null, low: null, high: null }]);
  });

  test('a figure that most samples lack has no interval', () => {
    let call = 0;
    const statistic: Statistic = () => (call++ % 3 === 0 ? [call] : [null]);
    const [estimate] = bootstrapGroups({ groups: [1, 2, 3], samples: 60, seed: 0, statistic });
    expect(estimate).toEqual({ value: 1, low: null, high: null });
  });

  test('a figure that no sample moves has no interval', () => {
    const [estimate] = bootstrapGroups({
      groups: [1, 2, 3],
      samples: 60,
      seed: 0,
      statistic: meanOf([1, 1, 1]),
    });
    expect(estimate).toEqual({ value: 1, low: null, high: null });
  });

  test('refuses strata that do not match', () => {
    expect(() =>
      bootstrapGroups({ groups: [1, 2], strata: [0], samples: 1, seed: 0, statistic: () => [] }),
    ).toThrow(/2 and 1/);
  });
});
