import { describe, expect, test } from 'vitest';
import { createRandom, deriveSeed, murmurHash3, restoreRandom } from '../../src-main/numerics/random.ts';
import golden from '../golden/numerics/random.json' with { type: 'json' };

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

describe('generator', () => {
  test('gives the published numbers of xoshiro128** from state 1, 2, 3, 4', () => {
    const random = restoreRandom([1, 2, 3, 4]);
    expect(draw(10, random.uint32)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test.each(golden.seeded)('expands seed $seed as an implementation in whole numbers does', (expected) => {
    const random = createRandom(expected.seed);
    expect(random.state()).toEqual(expected.state);
    expect(draw(8, random.uint32)).toEqual(expected.uint32);
  });

  test('goes on from a state that went through JSON', () => {
    const random = createRandom(9);
    random.normal();
    const resumed = restoreRandom(JSON.parse(JSON.stringify(random.state())));
    expect(draw(5, resumed.float)).toEqual(draw(5, random.float));
  });

  test('refuses a seed or state that is none', () => {
    for (const seed of [-1, 1.5, 2 ** 32, Number.NaN])
      expect(() => createRandom(seed)).toThrow(/received (-1|1\.5|4294967296|NaN)/);
    expect(() => restoreRandom([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('distributions', () => {
  test('uniform floats have the moments of U(0, 1) and stay in [0, 1)', () => {
    const values = draw(20_000, createRandom(1).float);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(square).toBeCloseTo(1 / 3, 2);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  test('normals have the first four moments of N(0, 1)', () => {
    const values = draw(40_000, createRandom(2).normal);
    const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.08);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });

  test('integers are even, also for a bound that does not divide 2^32', () => {
    const random = createRandom(3);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    const high = draw(3000, () => random.integer(3 * 2 ** 30)).filter((value) => value >= 2 ** 31);
    expect(high.length / 3000).toBeCloseTo(1 / 3, 1);
    expect(() => random.integer(0)).toThrow(RangeError);
  });

  test('every order of three comes up equally often, and the input is kept', () => {
    const random = createRandom(4);
    const input = ['a', 'b', 'c'] as const;
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = random.shuffle(input).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(input).toEqual(['a', 'b', 'c']);
  });
});

describe('derived seeds', () => {
  test.each(golden.murmur)('hashes $text with seed $seed as scikit-learn does', ({ text, seed, hash }) => {
    expect(murmurHash3(text, seed)).toBe(hash);
  });

  test('labels that differ give seeds that differ', () => {
    const seeds = [
      deriveSeed(1),
      deriveSeed(1, ''),
      deriveSeed(1, 'ab', 'c'),
      deriveSeed(1, 'a', 'bc'),
      deriveSeed(1, 1),
      deriveSeed(1, '1'),
      deriveSeed(2, 1),
      ...Array.from({ length: 500 }, (_, epoch) => deriveSeed(1, 'augment', epoch)),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(deriveSeed(1, 'ab', 'c')).toBe(deriveSeed(1, 'ab', 'c'));
    expect(() => deriveSeed(1, Number.NaN)).toThrow(RangeError);
  });
});
