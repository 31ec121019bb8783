import { describe, expect, test } from 'vitest';
import { indexNeighbours, nearestNeighbours, neighboursByClass } from '../../src-main/numerics/neighbours.ts';
import golden from '../golden/numerics/neighbours.json' with { type: 'json' };
import { hashBetween } from '../support/hash-weights.ts';

const { rows, dims, groupSize } = golden;
const features = hashBetween('neighbours/rows', rows * dims, -0.5, 1);
const queries = hashBetween('neighbours/queries', golden.queries.length * dims, -0.5, 1);
const index = indexNeighbours(features, dims);

describe.each(golden.queries.map((expected, i) => ({ expected, i })))('query $i', ({ expected, i }) => {
  const query = queries.slice(i * dims, (i + 1) * dims);

  test("has scikit-learn's neighbours and similarities", () => {
    const found = nearestNeighbours(index, query, { k: expected.nearest.length });
    expect(found.map(({ row }) => row)).toEqual(expected.nearest);
    found.forEach(({ similarity }, rank) => {
      expect(similarity).toBeCloseTo(expected.similarities[rank]!, 6);
    });
  });

  test('has at most one image of a lesion', () => {
    const groups = Array.from({ length: rows }, (_, row) => `lesion ${Math.floor(row / groupSize)}`);
    const found = nearestNeighbours(index, query, { k: expected.oneOfAGroup.length, groups });
    expect(found.map(({ row }) => row)).toEqual(expected.oneOfAGroup);
  });
});

test('leaves what it was given as it is, and gives all there are where that is fewer', () => {
  const given = Float32Array.of(3, 4, 0, 0, -6, -8);
  const small = indexNeighbours(given, 2);
  expect([...given]).toEqual([3, 4, 0, 0, -6, -8]);
  const found = nearestNeighbours(small, Float32Array.of(30, 40), { k: 9 });
  expect(found.map(({ row }) => row)).toEqual([0, 1, 2]);
  expect(found.map(({ similarity }) => Math.round(similarity * 1e6) / 1e6)).toEqual([1, 0, -1]);
});

test('counts neighbours by class', () => {
  const found = [0, 3, 4].map((row) => ({ row, similarity: 1 }));
  expect(neighboursByClass(found, [2, 0, 0, 1, 2], 4)).toEqual([0, 1, 2, 0]);
});

test('refuses rows and queries of another length', () => {
  expect(() => indexNeighbours(new Float32Array(7), 2)).toThrow('7 values are no whole rows of 2');
  expect(() => nearestNeighbours(index, new Float32Array(3), { k: 1 })).toThrow(`needs ${dims} features`);
});
