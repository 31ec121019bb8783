import { describe, expect, test } from 'vitest';
import type { DatasetGallery, DatasetProblem, WordColumn } from '../../src-main/contract/schema/dataset.ts';
import {
  classCountChart,
  classCountRows,
  classCountSummary,
} from '../../src-renderer/charts/class-counts.ts';
import { clearChoice, readChoice, toggleOption } from '../../src-renderer/state/datasets-choice.ts';
import { findDuplicates } from '../../src-renderer/state/datasets-duplicates.ts';
import { type Choice, facetsOf, sift } from '../../src-renderer/state/datasets-facets.ts';
import { datasetsAddress, readDatasetsPlace } from '../../src-renderer/state/datasets-place.ts';
import { problemKinds, problemRows } from '../../src-renderer/state/datasets-problems.ts';

const classes = [
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
  { code: 'scar', name: 'Scar', malignant: null },
];
const column = (words: string[], indices: number[]): WordColumn => ({ words, indices });
const gallery: DatasetGallery = {
  columns: ['age', 'sex', 'site', 'lesion'],
  imageIds: ['a', 'b', 'c', 'd', 'e', 'f'],
  classIndices: [0, 0, 1, 1, 1, 1],
  lesionIds: ['L1', 'L1', 'L2', 'L3', 'L3', 'L4'],
  agesYears: [19, 20, 85, null, 40, 59.5],
  sexes: column(['male', 'female'], [0, 1, 1, 1, -1, 0]),
  sites: column(['trunk', 'back'], [0, 0, 1, 1, 1, 1]),
  dxTypes: column(['histo'], [0, 0, 0, 0, 0, 0]),
};
const split = { train: ['a', 'b'], validation: ['c'], calibration: [], test: ['d', 'e'] };

describe('the gallery', () => {
  const facets = facetsOf(classes, gallery, null);
  const shownBy = (choice: Choice, search = '') =>
    sift(gallery, facets, choice, search).shown.map((position) => gallery.imageIds[position]);

  test('has a facet for all that tells its images apart, in order, the empty cell last', () => {
    expect(facets.map(({ key }) => key)).toEqual(['class', 'sex', 'age', 'site']);
    const labels = Object.fromEntries(
      facets.map(({ key, options }) => [key, options.map(({ label }) => label)]),
    );
    expect(labels.sex).toEqual(['female', 'male', 'not given']);
    expect(labels.age).toEqual(['0–19', '20–39', '40–59', '60–79', '80+', 'not given']);
    expect(labels.site).toEqual(['back', 'trunk']);
  });

  test('shows what fits one option within a facet and all facets together', () => {
    expect(shownBy({})).toEqual(gallery.imageIds);
    expect(shownBy({ class: ['mel'] })).toEqual(['a', 'b']);
    expect(shownBy({ class: ['nv'], sex: ['male', '-'] })).toEqual(['e', 'f']);
    expect(shownBy({ age: ['40'] })).toEqual(['e', 'f']);
    expect(shownBy({ age: ['0'] })).toEqual(['a']);
    expect(shownBy({ age: ['80', '-'] })).toEqual(['c', 'd']);
    expect(shownBy({ class: ['scar'] })).toEqual([]);
  });

  test('finds an image or a lesion by part of its id, in any case', () => {
    expect(shownBy({}, ' l3 ')).toEqual(['d', 'e']);
    expect(shownBy({ class: ['mel'] }, 'B')).toEqual(['b']);
  });

  test('counts beside each option what choosing it among the other facets would show', () => {
    const { counts } = sift(gallery, facets, { class: ['nv'], sex: ['female'] }, '');
    for (const { key, options } of facets) {
      const expected = options.map(
        ({ value }) => shownBy({ class: ['nv'], sex: ['female'], [key]: [value] }).length,
      );
      expect([key, counts[key]]).toEqual([key, expected]);
    }
  });

  test('tells the parts of a split, and what cleaning left out of it', () => {
    const withParts = facetsOf(classes, gallery, split);
    const shown = (part: string) =>
      sift(gallery, withParts, { part: [part] }, '').shown.map((position) => gallery.imageIds[position]);
    expect(withParts.at(-1)?.key).toBe('part');
    expect([shown('train'), shown('test'), shown('none')]).toEqual([['a', 'b'], ['d', 'e'], ['f']]);
  });

  test('keeps its choice in the address', () => {
    const place = {
      id: 3,
      tab: 'images',
      options: { class: 'mel|bcc', site: 'lower extremity', of: 'run-7' },
    } as const;
    const address = datasetsAddress(place);
    expect(readDatasetsPlace(address)).toEqual(place);
    const { options } = readDatasetsPlace(address);
    expect(readChoice(options)).toEqual({ class: ['mel', 'bcc'], site: ['lower extremity'] });
    const added = { ...options, ...toggleOption(readChoice(options), 'class', 'df') };
    expect(added.class).toBe('mel|bcc|df');
    expect({ ...options, ...toggleOption(readChoice(options), 'class', 'mel') }.class).toBe('bcc');
    expect(datasetsAddress({ ...place, options: { ...options, ...clearChoice() } })).toBe(
      '#/datasets/3/images?of=run-7',
    );
  });
});

test('an address that names no dataset is the list; an unknown tab is the overview', () => {
  for (const hash of ['', '#/datasets', '#/datasets/x', '#/runs/1']) {
    expect(readDatasetsPlace(hash)).toEqual({ id: null, tab: 'overview', options: {} });
  }
  expect(readDatasetsPlace('#/datasets/2')).toEqual({ id: 2, tab: 'overview', options: {} });
  expect(readDatasetsPlace('#/datasets/2/nothing?x=1').tab).toBe('overview');
  expect(datasetsAddress({ id: null, tab: 'images', options: { class: 'mel' } })).toBe('#/datasets');
});

test('duplicates are found among the problems, those that contradict each other first', () => {
  const problem = (kind: DatasetProblem['kind'], ...imageIds: string[]) => ({
    kind,
    imageIds,
    message: imageIds.join(),
  });
  const found = findDuplicates(
    [
      problem('near-duplicate', 'a', 'b'),
      problem('row-without-image', 'z'),
      problem('near-duplicate', 'c', 'd'),
      problem('exact-duplicate', 'b', 'c'),
      problem('near-duplicate', 'a', 'gone'),
    ],
    gallery,
  );
  expect(
    found.map(({ message, isExact, acrossLesions, acrossClasses }) => [
      message,
      isExact,
      acrossLesions,
      acrossClasses,
    ]),
  ).toEqual([
    ['b,c', true, true, true],
    ['c,d', false, true, false],
    ['a,b', false, false, false],
  ]);
  expect(found[0]?.positions).toEqual([1, 2]);
});

test('problems are counted by kind and saved as the command line saves them', () => {
  const problems: DatasetProblem[] = [
    { kind: 'near-duplicate', imageIds: ['a', 'b'], message: 'alike' },
    { kind: 'row-without-image', imageIds: ['x'], message: 'gone' },
    { kind: 'near-duplicate', imageIds: ['c', 'd'], message: 'alike' },
  ];
  expect(problemKinds(problems)).toEqual([
    { kind: 'row-without-image', count: 1 },
    { kind: 'near-duplicate', count: 2 },
  ]);
  expect(problemRows(problems)[0]).toEqual({ kind: 'near-duplicate', image_ids: 'a b', message: 'alike' });
});

describe('the chart of the class counts', () => {
  const counts = [30, 69, 1];

  test('has a bar for each class in its colour, its code at the axis, and a mark where it is malignant', () => {
    const series = ['1', '2', '3', '4', '5', '6', '7'];
    const palette = { ink: '', faint: '', line: '', ground: '', train: '', validation: '', series };
    const { data } = classCountChart({ classes, counts, palette });
    expect(data.labels).toEqual(['mel ▲', 'nv', 'scar']);
    expect(data.datasets[0]?.data).toEqual(counts);
    expect(data.datasets[0]?.backgroundColor).toEqual(['2', '1', '3']);
  });

  test('says the same in words and as rows', () => {
    expect(classCountSummary(classes, counts)).toBe(
      '100 images in 3 classes. Most: nv 69 (0.690); fewest: scar 1 (0.010).',
    );
    expect(classCountRows(classes, counts)[2]).toEqual({
      class: 'scar',
      name: 'Scar',
      malignant: 'not said',
      images: 1,
      share: 0.01,
    });
  });
});
