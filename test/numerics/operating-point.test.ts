import { describe, expect, test } from 'vitest';
import {
  binaryCounts,
  binaryRates,
  groupedScores,
  pointAt,
  rateIntervals,
  youdenPoint,
} from '../../src-main/numerics/operating-point.ts';
import { operatingPoints, rocAuc } from '../../src-main/numerics/ranking.ts';
import golden from '../golden/numerics/operating-point.json' with { type: 'json' };
import { expectClose } from './close.ts';

const labelled = { rows: golden.rows, trueClasses: golden.true };

describe.each(Object.entries(golden.cases))('%s against the rest', (_, expected) => {
  const data = groupedScores(labelled, expected.isPositive);

  test("counts and rates at a threshold equal scikit-learn's", () => {
    for (const { threshold, counts, rates } of expected.at) {
      const found = binaryCounts(data, threshold);
      expect(found).toEqual(counts);
      const { sensitivity, specificity, ppv, npv } = binaryRates(found);
      expectClose(
        [sensitivity, specificity, ppv, npv],
        [rates.sensitivity, rates.specificity, rates.ppv, rates.npv],
      );
    }
  });

  test("the area and the best point equal those of scikit-learn's curve", () => {
    expectClose(rocAuc(data), expected.rocAuc);
    const best = youdenPoint(operatingPoints(data))!;
    expectClose(best.threshold, expected.youden.threshold);
    expectClose(best.sensitivity! + best.specificity!, expected.youden.sum);
  });

  test('a threshold finds the point of the curve that calls the same samples positive', () => {
    const points = operatingPoints(data);
    for (const { threshold, counts } of expected.at) {
      const { truePositives, falsePositives } = points[pointAt(points, threshold)]!;
      expect([truePositives, falsePositives]).toEqual([counts.truePositives, counts.falsePositives]);
    }
    expect(pointAt(points, null)).toBe(0);
  });
});

test('nothing called positive has no positive predictive value', () => {
  const counts = binaryCounts({ scores: [0.2, 0.9], positive: [0, 1] }, null);
  expect(binaryRates(counts)).toEqual({ sensitivity: 0, specificity: 1, ppv: null, npv: 0.5 });
});

test('there is no best point without positives', () => {
  expect(youdenPoint(operatingPoints({ scores: [0.2, 0.9], positive: [0, 0] }))).toBeNull();
});

describe('intervals', () => {
  const scores = Array.from({ length: 400 }, (_, i) => (i % 10) / 10);
  const positive = Array.from({ length: 400 }, (_, i) => i % 4 === 0);
  const intervals = (groups: string[]) =>
    rateIntervals({ scores, positive, groups }, 0.45, { samples: 500, seed: 3 });

  test('are about the rates of the images as they are', () => {
    const { sensitivity, specificity, ppv, npv } = intervals(scores.map((_, i) => `lesion ${i}`));
    const rates = binaryRates(binaryCounts({ scores, positive }, 0.45));
    expectClose([sensitivity.value, specificity.value, ppv.value, npv.value], Object.values(rates));
    for (const { value, low, high } of [sensitivity, specificity, ppv, npv]) {
      expect(low!).toBeLessThan(value!);
      expect(high!).toBeGreaterThan(value!);
    }
    // half a width of 1.96 standard errors of 100 independent images at 0.4
    expect((sensitivity.high! - sensitivity.low!) / 2).toBeCloseTo(1.96 * Math.sqrt(0.24 / 100), 1);
  });

  test('are wider where images of one lesion say the same again', () => {
    const single = intervals(scores.map((_, i) => `lesion ${i}`)).sensitivity;
    // 100 images of 20 lesions: each lesion's five images have one score
    const clustered = intervals(scores.map((_, i) => `lesion ${i % 20}`)).sensitivity;
    expect(clustered.high! - clustered.low!).toBeGreaterThan(1.5 * (single.high! - single.low!));
  });
});
