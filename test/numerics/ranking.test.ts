import { describe, expect, test } from 'vitest';
import {
  averagePrecision,
  operatingPoints,
  rocAuc,
  sensitivityAtSpecificity,
  thresholdForSensitivity,
} from '../../src-main/numerics/ranking.ts';
import golden from '../golden/numerics/ranking.json' with { type: 'json' };
import { expectClose } from './close.ts';

interface Expected {
  scores: number[];
  positive: number[];
  rocAuc: number | null;
  averagePrecision: number | null;
  roc?: { falsePositiveRate: number[]; truePositiveRate: number[]; thresholds: number[] };
  precision?: number[];
  sensitivityAt?: { specificity: number; sensitivity: number }[];
  specificityAt?: { sensitivity: number; specificity: number }[];
}

const cases = Object.entries<Expected>(golden);

test.each(cases)("%s: areas equal scikit-learn's", (_, expected) => {
  expectClose(rocAuc(expected), expected.rocAuc);
  expectClose(averagePrecision(expected), expected.averagePrecision);
});

describe.each(cases.filter(([, expected]) => expected.roc))('%s', (_, expected) => {
  test("curves equal scikit-learn's", () => {
    const points = operatingPoints(expected);
    expectClose(
      points.map((point) => 1 - point.specificity!),
      expected.roc!.falsePositiveRate,
    );
    expectClose(
      points.map((point) => point.sensitivity),
      expected.roc!.truePositiveRate,
    );
    expectClose(
      points.slice(1).map((point) => point.threshold),
      expected.roc!.thresholds,
    );
    expectClose(
      points.slice(1).map((point) => point.precision),
      expected.precision,
    );
  });

  test("operating points are the best of scikit-learn's curve", () => {
    for (const { specificity, sensitivity } of expected.sensitivityAt!) {
      const point = sensitivityAtSpecificity(expected, specificity)!;
      expectClose(point.sensitivity, sensitivity);
      expect(point.specificity).toBeGreaterThanOrEqual(specificity - 1e-12);
    }
    for (const { specificity, sensitivity } of expected.specificityAt!) {
      const point = thresholdForSensitivity(expected, sensitivity)!;
      expectClose(point.specificity, specificity);
      expect(point.sensitivity).toBeGreaterThanOrEqual(sensitivity - 1e-12);
    }
  });
});

test('a threshold does what its point says', () => {
  const data = golden['many ties'];
  const point = sensitivityAtSpecificity(data, 0.8)!;
  const called = data.scores.map((score) => score >= point.threshold!);
  const right = called.filter((call, i) => call && data.positive[i]).length;
  const wrong = called.filter((call, i) => call && !data.positive[i]).length;
  expect([right, wrong]).toEqual([point.truePositives, point.falsePositives]);
});

test('among equal sensitivities the highest threshold is taken', () => {
  const data = { scores: [0.9, 0.8, 0.7, 0.1], positive: [1, 0, 0, 0] };
  expect(sensitivityAtSpecificity(data, 0.3)).toMatchObject({
    threshold: 0.9,
    sensitivity: 1,
    specificity: 1,
  });
});

test('nothing called positive is a point without a threshold', () => {
  const data = { scores: [0.9, 0.2], positive: [0, 1] };
  expect(sensitivityAtSpecificity(data, 1)).toMatchObject({
    threshold: null,
    sensitivity: 0,
    precision: null,
  });
});

test('without positives or negatives, or without samples, there is nothing to rank', () => {
  for (const positive of [
    [1, 1],
    [0, 0],
  ]) {
    expect(sensitivityAtSpecificity({ scores: [0.1, 0.2], positive }, 0.5)).toBeNull();
    expect(thresholdForSensitivity({ scores: [0.1, 0.2], positive }, 0.5)).toBeNull();
  }
  expect(rocAuc({ scores: [], positive: [] })).toBeNull();
  expect(averagePrecision({ scores: [], positive: [] })).toBeNull();
});

test('refuses a score that is no number and lists of different length', () => {
  expect(() => rocAuc({ scores: [0.1, Number.NaN], positive: [0, 1] })).toThrow(/sample 1 has NaN/);
  expect(() => rocAuc({ scores: [0.1], positive: [] })).toThrow(/1 and 0/);
});
