import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { DatasetProblem, Split } from '../../src-main/contract/schema/dataset.ts';
import { classCounts, findStraddles, problemCounts, problemsCsv } from '../../src-main/dataset/checks.ts';
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

test('problems are counted and exported as a table that a reader of CSV gets back whole', () => {
  const problems: DatasetProblem[] = [
    { kind: 'near-duplicate', imageIds: ['a', 'b'], message: 'a and b, "alike"' },
    { kind: 'empty-class', imageIds: [], message: 'two\nlines' },
    { kind: 'near-duplicate', imageIds: ['c', 'd'], message: 'plain' },
  ];
  expect(problemCounts(problems)).toEqual({ 'near-duplicate': 2, 'empty-class': 1 });
  expect(parse(problemsCsv(problems), { columns: true })).toEqual([
    { kind: 'near-duplicate', image_ids: 'a b', message: 'a and b, "alike"' },
    { kind: 'empty-class', image_ids: '', message: 'two\nlines' },
    { kind: 'near-duplicate', image_ids: 'c d', message: 'plain' },
  ]);
});
