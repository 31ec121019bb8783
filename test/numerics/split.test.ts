import { describe, expect, test } from 'vitest';
import { groupKFold, splitByGroup, splitByItem, unionGroups } from '../../src-main/numerics/split.ts';
import golden from '../golden/numerics/split.json' with { type: 'json' };

const { labels, groups } = golden;
const CLASSES = 7;

const classCounts = (indices: readonly number[]) => {
  const counts = new Array<number>(CLASSES).fill(0);
  for (const index of indices) counts[labels[index]!]! += 1;
  return counts;
};
const groupsOf = (indices: readonly number[]) => new Set(indices.map((index) => groups[index]!));
const everyIndex = labels.map((_, index) => index);
const ascending = (a: number, b: number) => a - b;

describe('by group', () => {
  const fractions = [0.6, 0.1, 0.1, 0.2];
  const parts = splitByGroup({ labels, groups, fractions, seed: 1 });

  test('every image is in one part and every group too', () => {
    expect(parts.flat().sort(ascending)).toEqual(everyIndex);
    const total = parts.reduce((sum, part) => sum + groupsOf(part).size, 0);
    expect(total).toBe(new Set(groups).size);
  });

  test('every class keeps its share in every part, within one image', () => {
    const all = classCounts(everyIndex);
    parts.forEach((part, p) => {
      classCounts(part).forEach((count, c) => {
        expect(Math.abs(count - all[c]! * fractions[p]!)).toBeLessThanOrEqual(1);
      });
      expect(Math.abs(part.length / labels.length - fractions[p]!)).toBeLessThan(0.002);
    });
  });

  test('groups of many images are spread over the parts as the small ones are', () => {
    const meanSize = parts.map((part) => part.length / groupsOf(part).size);
    const overall = labels.length / new Set(groups).size;
    for (const size of meanSize) expect(Math.abs(size - overall)).toBeLessThan(0.05);
  });

  test('the seed decides', () => {
    expect(splitByGroup({ labels, groups, fractions, seed: 1 })).toEqual(parts);
    expect(splitByGroup({ labels, groups, fractions, seed: 2 })).not.toEqual(parts);
  });

  test('a group with two labels stays whole, under its majority label', () => {
    const split = splitByGroup({
      labels: [1, 0, 1, 0, 0, 1, 1],
      groups: ['x', 'x', 'x', 'a', 'b', 'c', 'd'],
      fractions: [0.5, 0.5],
      seed: 3,
    });
    const withX = split.find((part) => part.includes(0))!;
    expect(withX).toEqual(expect.arrayContaining([0, 1, 2]));
    // Class 1 has x (3 images), c, d: x fills its half alone. Class 0 has a and b, one a part.
    expect(withX.filter((index) => index === 5 || index === 6)).toEqual([]);
    expect(withX).toHaveLength(4);
  });

  test('a group with as many of one label as of another counts as the lower', () => {
    // Class 0 is then x and a, one a part; as class 1 x would meet only b, and a could fall beside x.
    for (let seed = 0; seed < 20; seed++) {
      const labels = [1, 0, 0, 0, 1, 1];
      const groups = ['x', 'x', 'a', 'a', 'b', 'b'];
      const withX = splitByGroup({ labels, groups, fractions: [0.5, 0.5], seed }).find((part) =>
        part.includes(0),
      )!;
      expect(withX).not.toContain(2);
    }
  });

  test('a class of a single image goes to the largest part; a part of fraction 0 stays empty', () => {
    expect(splitByGroup({ labels: [0], groups: ['a'], fractions: [0.1, 0.9, 0], seed: 0 })).toEqual([
      [],
      [0],
      [],
    ]);
  });

  test('refuses fractions that do not sum to 1 and lists of different length', () => {
    expect(() => splitByGroup({ labels, groups, fractions: [0.5, 0.4], seed: 0 })).toThrow(/0\.5,0\.4/);
    expect(() => splitByGroup({ labels, groups, fractions: [1.5, -0.5], seed: 0 })).toThrow(RangeError);
    expect(() => splitByGroup({ labels: [0], groups: [], fractions: [1], seed: 0 })).toThrow(/1 and 0/);
  });
});

describe('k-fold by group', () => {
  const folds = groupKFold({ labels, groups, folds: 5, seed: 4 });

  test('folds are a partition without a group in two', () => {
    expect(folds.flat().sort(ascending)).toEqual(everyIndex);
    expect(folds.reduce((sum, fold) => sum + groupsOf(fold).size, 0)).toBe(new Set(groups).size);
  });

  test('class counts are at least as even as those of scikit-learn, and so are the sizes', () => {
    const spread = (counts: readonly (readonly number[])[]) =>
      Math.max(
        ...counts[0]!.map(
          (_, c) => Math.max(...counts.map((fold) => fold[c]!)) - Math.min(...counts.map((fold) => fold[c]!)),
        ),
      );
    const sizes = (counts: readonly (readonly number[])[]) =>
      counts.map((fold) => fold.reduce((sum, count) => sum + count, 0));
    const range = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    const ours = folds.map(classCounts);
    expect(spread(ours)).toBeLessThanOrEqual(spread(golden.foldClassCounts));
    expect(range(sizes(ours))).toBeLessThanOrEqual(range(sizes(golden.foldClassCounts)));
  });

  test('needs a group for each fold', () => {
    expect(() => groupKFold({ labels: [0, 1], groups: ['a', 'a'], folds: 2, seed: 0 })).toThrow(
      /groups, 1; received 2/,
    );
  });
});

describe('by item', () => {
  test.each(golden.itemSizes)('cuts $count items into the sizes of train_test_split', (sizes) => {
    const { cuts, rest } = splitByItem({ count: sizes.count, fractions: [0.25, 0.1], seed: 1 });
    expect([cuts[0]!.length, cuts[1]!.length, rest.length]).toEqual([
      sizes.test,
      sizes.validation,
      sizes.train,
    ]);
    expect([...cuts.flat(), ...rest].sort(ascending)).toEqual(
      Array.from({ length: sizes.count }, (_, i) => i),
    );
  });

  test('refuses a cut that takes everything', () => {
    expect(() => splitByItem({ count: 1, fractions: [0.25], seed: 0 })).toThrow(/leaves none/);
    expect(() => splitByItem({ count: 10, fractions: [1], seed: 0 })).toThrow(RangeError);
  });
});

describe('union of groups', () => {
  test('links through chains, and keeps groups that no pair names', () => {
    const merged = unionGroups(
      ['a', 'a', 'b', 'c', 'd', 'b'],
      [
        [1, 2],
        [5, 3],
      ],
    );
    expect(merged).toEqual([0, 0, 0, 0, 1, 0]);
  });

  test('is the same for pairs in any order', () => {
    const items = ['a', 'b', 'c', 'd', 'e', 'f'];
    const pairs: [number, number][] = [
      [4, 3],
      [0, 2],
      [2, 4],
      [5, 5],
    ];
    expect(unionGroups(items, pairs)).toEqual([0, 1, 0, 0, 0, 2]);
    expect(unionGroups(items, pairs.toReversed())).toEqual([0, 1, 0, 0, 0, 2]);
  });

  test('refuses a pair without an item', () => {
    expect(() => unionGroups(['a'], [[0, 1]])).toThrow(/\[0, 1\]/);
  });
});
