import { describe, expect, test } from 'vitest';
import {
  applyTemperature,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  logLoss,
  logProbabilities,
  reliabilityBins,
  TEMPERATURE_RANGE,
} from '../../src-main/numerics/calibration.ts';
import golden from '../golden/numerics/calibration.json' with { type: 'json' };
import { expectClose } from './close.ts';

describe.each(Object.entries(golden.cases))('%s', (_, expected) => {
  const data = { rows: expected.rows, trueClasses: expected.true };
  const bins = reliabilityBins(data);

  test('reliability bins and ECE equal those of Guo et al.', () => {
    expectClose(
      bins.map((bin) => [bin.count, bin.meanConfidence, bin.accuracy]),
      expected.bins,
    );
    expectClose(expectedCalibrationError(bins), expected.ece);
  });

  test("Brier score and log loss equal scikit-learn's", () => {
    expectClose(brierScore(data), expected.brier);
    expectClose(logLoss(data), expected.logLoss);
  });
});

test('bins cover (0, 1] without a gap', () => {
  const bins = reliabilityBins({ rows: [], trueClasses: [] });
  expect(bins).toHaveLength(15);
  expect(bins[0]!.low).toBe(0);
  expect(bins[14]!.high).toBe(1);
  for (const [i, bin] of bins.slice(1).entries()) expect(bin.low).toBe(bins[i]!.high);
});

test('without samples every figure is null', () => {
  const none = { rows: [], trueClasses: [] };
  expect([brierScore(none), logLoss(none), fitTemperature(none)]).toEqual([null, null, null]);
  expect(expectedCalibrationError(reliabilityBins(none))).toBeNull();
});

describe('temperature', () => {
  test.each(golden.temperature)('is the one that SciPy finds: $temperature', (expected) => {
    const fitted = fitTemperature({ rows: expected.logits, trueClasses: expected.true })!;
    expect(fitted / expected.temperature).toBeCloseTo(1, 5);
  });

  test('fitted on probabilities equals fitted on their logits', () => {
    const { logits, true: trueClasses } = golden.temperature[2]!;
    const probabilities = logits.map((row) => applyTemperature(row, 1));
    const onLogits = fitTemperature({ rows: logits, trueClasses })!;
    expect(fitTemperature({ rows: logProbabilities(probabilities), trueClasses })!).toBeCloseTo(onLogits, 8);
  });

  test('lowers the log loss on its own part, keeps every top label and sums to 1', () => {
    const { logits, true: trueClasses } = golden.temperature[2]!;
    const temperature = fitTemperature({ rows: logits, trueClasses })!;
    const before = logits.map((row) => applyTemperature(row, 1));
    const after = logits.map((row) => applyTemperature(row, temperature));
    expect(logLoss({ rows: after, trueClasses })!).toBeLessThan(logLoss({ rows: before, trueClasses })!);
    after.forEach((row, i) => {
      expect(row.indexOf(Math.max(...row))).toBe(before[i]!.indexOf(Math.max(...before[i]!)));
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    });
  });

  test('stays in its range for a set that is all right, or all wrong', () => {
    const rows = [
      [2, 0],
      [1, 0],
    ];
    expect(fitTemperature({ rows, trueClasses: [0, 0] })).toBeCloseTo(TEMPERATURE_RANGE[0], 6);
    expect(fitTemperature({ rows, trueClasses: [1, 1] })).toBeCloseTo(TEMPERATURE_RANGE[1], 6);
  });

  test('survives probabilities that are exactly 0 and large logits', () => {
    const rows = logProbabilities([
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    const temperature = fitTemperature({ rows, trueClasses: [0, 1, 1] })!;
    expect(temperature).toBeGreaterThan(1);
    expect(applyTemperature([5000, 0], 0.05)).toEqual([1, 0]);
  });
});

test('refuses a true class without a probability', () => {
  expect(() => brierScore({ rows: [[0.5, 0.5]], trueClasses: [2] })).toThrow(
    /true class 2, but 2 probabilities/,
  );
  expect(() => logLoss({ rows: [[0.5, 0.5]], trueClasses: [] })).toThrow(/1 and 0/);
});
