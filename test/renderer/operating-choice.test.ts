import { expect, test } from 'vitest';
import { rocPlace } from '../../src-main/numerics/curve-points.ts';
import { operatingPoints } from '../../src-main/numerics/ranking.ts';
import { formatThreshold, nearestPoint, WANTED_POINTS } from '../../src-renderer/lib/operating-choice.ts';

const data = { scores: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], positive: [1, 1, 0, 1, 0, 0] };
const points = operatingPoints(data);

test('a click chooses the point of the curve that is nearest', () => {
  expect(nearestPoint(points, 0.05, 0.6, rocPlace)?.threshold).toBe(0.8);
  expect(nearestPoint(points, 0.9, 0.95, rocPlace)?.threshold).toBe(0.4);
  const none = operatingPoints({ scores: [0.2], positive: [0] });
  expect(nearestPoint(none, 0, 0, rocPlace)).toBeNull();
});

test('wanted points keep what they promise with the highest threshold that does', () => {
  const found = Object.fromEntries(
    WANTED_POINTS.map(({ title, find }) => [title, find(data, points)?.threshold]),
  );
  expect(found).toEqual({
    'Sensitivity ≥ 0.95': 0.6,
    'Sensitivity ≥ 0.90': 0.6,
    'Specificity ≥ 0.90': 0.8,
    'Largest sum (Youden)': 0.8,
  });
});

test('a small threshold keeps its figures', () => {
  expect([0.5, 0.01, 0.00012345, 0, 1, null].map(formatThreshold)).toEqual([
    '0.500',
    '0.010',
    '0.000123',
    '0.000',
    '1.000',
    'above all',
  ]);
});
