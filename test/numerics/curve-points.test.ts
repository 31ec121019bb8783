import { expect, test } from 'vitest';
import { precisionRecallPoints, rocPoints } from '../../src-main/numerics/curve-points.ts';
import { averagePrecision, operatingPoints, rocAuc } from '../../src-main/numerics/ranking.ts';
import golden from '../golden/numerics/ranking.json' with { type: 'json' };
import { expectClose } from './close.ts';

test("the points drawn are those of scikit-learn's curves", () => {
  const { scores, positive, roc, precision } = golden['many ties'];
  const points = operatingPoints({ scores, positive });
  const drawn = rocPoints(points);
  expectClose(
    [drawn.map(({ x }) => x), drawn.map(({ y }) => y)],
    [roc!.falsePositiveRate, roc!.truePositiveRate],
  );
  const steps = precisionRecallPoints(points);
  expectClose(
    [steps.map(({ x }) => x), steps.map(({ y }) => y)],
    [roc!.truePositiveRate.slice(1), precision],
  );
});

test('of many thousand points a thousand at most are drawn, and they enclose the same area', () => {
  const scores = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 20_011);
  const positive = scores.map((score, i) => score * 0.6 + ((i * 104_729) % 12_000) > 13_000);
  const data = { scores, positive };
  const curve = rocPoints(operatingPoints(data));
  expect(curve.length).toBeLessThan(1100);
  expect([curve[0], curve.at(-1)]).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ]);
  const area = curve
    .slice(1)
    .reduce((sum, { x, y }, i) => sum + ((x - curve[i]!.x) * (y + curve[i]!.y)) / 2, 0);
  expect(area).toBeCloseTo(rocAuc(data)!, 3);
  const steps = precisionRecallPoints(operatingPoints(data));
  const mean = steps.reduce((sum, { x, y }, i) => sum + (x - (steps[i - 1]?.x ?? 0)) * y, 0);
  expect(mean).toBeCloseTo(averagePrecision(data)!, 2);
});

test('nothing is drawn without positives', () => {
  const points = operatingPoints({ scores: [0.1, 0.9], positive: [0, 0] });
  expect([rocPoints(points), precisionRecallPoints(points)]).toEqual([[], []]);
});
