import { expect, test } from 'vitest';
import {
  curveChart,
  curvePoints,
  curveRows,
  lastEpochShown,
  roundUp,
} from '../../src-renderer/charts/curves.ts';
import { sampleEpoch } from '../store/samples.ts';

const palette = {
  ink: '#111',
  faint: '#777',
  line: '#ddd',
  ground: '#fff',
  train: '#888',
  validation: '#066',
};
const epochs = [
  sampleEpoch(1, { best: false }),
  sampleEpoch(2, { best: true, validation: null }),
  sampleEpoch(3, { best: false }),
];

test('points follow the epochs, with a gap where a part has no figure', () => {
  expect(curvePoints(epochs, 'train', 'loss').map(({ x }) => x)).toEqual([1, 2, 3]);
  expect(curvePoints(epochs, 'validation', 'loss').map(({ y }) => y)).toEqual([1.5, null, 0.5]);
  expect(curveRows(epochs, 'loss')[1]).toEqual({ epoch: 2, train: 0.5, validation: null, best: true });
});

test('axes are fixed by the plan, so that they do not move while epochs come in', () => {
  const axes = (count: number, measure: 'loss' | 'accuracy') =>
    curveChart({ epochs: epochs.slice(0, count), planned: 50, measure, palette }).options!.scales!;
  expect(axes(1, 'accuracy')).toEqual(axes(3, 'accuracy'));
  expect(axes(1, 'loss')).toEqual(axes(3, 'loss'));
  expect(axes(2, 'accuracy')).toMatchObject({ x: { min: 1, max: 50 }, y: { min: 0, max: 1 } });
});

test('of a long plan the end is shown once it comes near', () => {
  expect([1, 49, 51, 101, 201, 300].map((done) => lastEpochShown(done, 300))).toEqual([
    50, 50, 100, 200, 300, 300,
  ]);
  expect(lastEpochShown(1, 1)).toBe(2);
});

test('train is dashed, validation solid, the best epoch marked', () => {
  const chart = curveChart({ epochs, planned: 3, measure: 'loss', palette });
  expect(chart.data.datasets.map(({ label, borderDash }) => [label, borderDash])).toEqual([
    ['train', [5, 4]],
    ['validation', undefined],
  ]);
  expect(chart.options?.plugins?.bestEpoch).toEqual({ epoch: 2 });
  const first = curveChart({ epochs: [], planned: 3, measure: 'loss', palette });
  expect(first.options?.plugins?.bestEpoch).toEqual({ epoch: null });
});

test('the loss axis ends at a round number above every loss', () => {
  expect([0.03, 0.05, 0.7, 1, 1.3, 4.9, 12, 0, Number.NaN].map(roundUp)).toEqual([
    0.05, 0.05, 1, 1, 2, 5, 20, 1, 1,
  ]);
});
