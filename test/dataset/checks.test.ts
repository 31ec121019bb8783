import { describe, expect, test } from 'vitest';
import type { DatasetProblem, Split } from '../../src-main/contract/schema/dataset.ts';
import { classCounts, findStraddles, problemCounts } from '../../src-main/dataset/checks.ts';
import { HAM10000_CLASSES } from '../../src-main/dataset/ham10000.ts';
import { classIndex, image, manifestOf } from './manifests.ts';

const duplicates = (kind: DatasetProblem['kind'], imageIds: string[]): DatasetProblem => ({
  kind,
  imageIds,
  message: kind,
});

describe('findStraddles', () => {
  const images = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) =>
    image(id, { lesionId: 'ab'.includes(id) ? 'L' : id }),
  );
  const problems = [duplicates('near-duplicate', ['c', 'd']), duplicates('exact-duplicate', ['d', 'e', 'f'])];
  const manifest = manifestOf(images, { problems });
  const split = (train: string[], validation: string[], test: string[]): Split => ({
    train,
    validation,
    calibration: [],
    test,
  });

  test('is empty when what belongs together lies together', () => {
    expect(findStraddles(manifest, split(['a', 'b'], [], ['c', 'd', 'e', 'f']))).toEqual([]);
  });

  test('names lesions and duplicates that lie in several parts, and which', () => {
    expect(findStraddles(manifest, split(['a', 'c', 'f'], ['e'], ['b', 'd']))).toEqual([
      { kind: 'lesion', imageIds: ['a', 'b'], parts: ['train', 'test'] },
      { kind: 'near-duplicate', imageIds: ['c', 'd'], parts: ['train', 'test'] },
      { kind: 'exact-duplicate', imageIds: ['d', 'e', 'f'], parts: ['train', 'validation', 'test'] },
    ]);
  });

  test('an image that is in no part leaks nothing', () => {
    expect(findStraddles(manifest, split(['a'], [], ['d']))).toEqual([]);
  });
});

test('classCounts follows the class list', () => {
  const images = ['nv', 'mel', 'nv', 'vasc'].map((code, i) =>
    image(`${i}`, { classIndex: classIndex(code) }),
  );
  expect(classCounts(HAM10000_CLASSES, images)).toEqual([0, 0, 0, 0, 2, 1, 1]);
});

test('problems are counted by kind', () => {
  const kinds = ['near-duplicate', 'empty-class', 'near-duplicate'] as const;
  expect(problemCounts(kinds.map((kind) => duplicates(kind, [])))).toEqual({
    'near-duplicate': 2,
    'empty-class': 1,
  });
});
