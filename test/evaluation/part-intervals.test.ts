import { describe, expect, test } from 'vitest';
import {
  EvaluationReport,
  type Interval,
  type PartReport,
  type Prediction,
} from '../../src-main/contract/schema/evaluation.ts';
import { buildReport } from '../../src-main/evaluation/report.ts';
import { logLoss } from '../../src-main/numerics/calibration.ts';
import { createRandom } from '../../src-main/numerics/random.ts';

const CODES = ['nv', 'mel', 'bkl', 'df'];

/** Two images to a lesion, none of a `df`; the model is not as right as it is sure. */
function drawn(images: number): Prediction[] {
  const random = createRandom(5);
  return Array.from({ length: images }, (_, i) => {
    const lesion = Math.floor(i / 2);
    const trueClass = [0, 0, 0, 1, 1, 2][lesion % 6]!;
    const powers = CODES.map((_, c) => Math.exp(random.uniform(0, 4) + (c === trueClass ? 1.5 : 0)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return {
      imageId: `image-${i}`,
      lesionId: `lesion-${lesion}`,
      trueClass,
      probabilities: powers.map((power) => power / total),
    };
  });
}

const lossOf = (predictions: readonly Prediction[]) =>
  logLoss({
    rows: predictions.map(({ probabilities }) => probabilities),
    trueClasses: predictions.map(({ trueClass }) => trueClass!),
  });

function reportOf(predictions: Prediction[], changes: { loss?: number; bootstrapSamples?: number } = {}) {
  return buildReport({
    classes: CODES.map((code) => ({ code, name: code, malignant: code === 'mel' })),
    parts: [{ part: 'test', predictions, loss: changes.loss ?? lossOf(predictions) }],
    images: new Map(),
    bootstrapSamples: changes.bootstrapSamples ?? 400,
    seed: 1,
    subgroupPart: 'none',
  });
}

const predictions = drawn(600);
const part = reportOf(predictions).parts[0]!;
const intervals = part.intervals!;

/** Every figure beside its interval, by name. */
function pairs({ loss, calibration, macro, weighted, perClass, melanomaSensitivity }: PartReport) {
  const scores = (name: string, of: Record<string, unknown>, among: Record<string, Interval>) =>
    Object.entries(among).map(([key, interval]) => [`${name} ${key}`, of[key], interval] as const);
  return [
    ['loss', loss, intervals.loss] as const,
    ['ece', calibration.ece, intervals.ece] as const,
    ['brier', calibration.brier, intervals.brier] as const,
    ...scores('macro', macro, intervals.macro),
    ...scores('weighted', weighted, intervals.weighted),
    ...perClass.slice(0, 3).flatMap((row, index) => scores(row.code, row, intervals.perClass[index]!)),
    ...melanomaSensitivity!.map(
      ({ specificity, sensitivity }, index) =>
        [`at ${specificity}`, sensitivity, intervals.melanomaSensitivity[index]!] as const,
    ),
  ];
}

describe('a part of six hundred images', () => {
  test.each(pairs(part))('%s lies in its interval', (_, value, interval) => {
    expect(interval![0]).toBeLessThan(value as number);
    expect(interval![1]).toBeGreaterThan(value as number);
  });

  test('the samples are those of the headline: the weighted recall is the accuracy', () => {
    const { low, high } = part.accuracy;
    expect(intervals.weighted.recall![0]).toBeCloseTo(low!, 12);
    expect(intervals.weighted.recall![1]).toBeCloseTo(high!, 12);
  });

  test('a class without images has intervals of what it has: the specificity', () => {
    expect(part.perClass[3]!.support).toBe(0);
    const { specificity, ...others } = intervals.perClass[3]!;
    expect(specificity![0]).toBeLessThan(part.perClass[3]!.specificity!);
    expect(Object.values(others)).toEqual([null, null, null, null]);
  });
});

test('a loss that is not the log loss of the probabilities has no interval', () => {
  expect(reportOf(predictions, { loss: 0.123 }).parts[0]!.intervals!.loss).toBeNull();
});

test('an interval that would miss its figure is none: of a calibration error near 0', () => {
  const honest = Array.from({ length: 400 }, (_, i): Prediction => {
    const sure = i < 200 ? 0.7 : 0.9;
    const trueClass = i % 200 < 200 * sure ? 0 : 1;
    return { imageId: `${i}`, lesionId: `${i}`, trueClass, probabilities: [sure, 1 - sure, 0, 0] };
  });
  const { calibration, intervals: around } = reportOf(honest).parts[0]!;
  expect(calibration.ece).toBeCloseTo(0, 12);
  expect(around!.ece).toBeNull();
});

test('an interval of no width is none, also where a few samples stray', () => {
  const predictions = Array.from({ length: 60 }, (_, i): Prediction => {
    const trueClass = i < 30 ? 0 : 1;
    const p = i === 0 ? 0.95 : [0.1, 0.9][trueClass]!;
    return { imageId: `${i}`, lesionId: `${i}`, trueClass, probabilities: [1 - p, p, 0, 0] };
  });
  const { melanomaSensitivity, intervals: around } = reportOf(predictions).parts[0]!;
  expect(melanomaSensitivity!.map(({ sensitivity }) => sensitivity)).toEqual([1, 1, 1]);
  // the naevus taken for a melanoma: drawn four times in 30 now and then, twice in 30 often
  expect(around!.melanomaSensitivity).toEqual([null, null, [0, 1]]);
});

test('without samples there are none, and a report of a version that made none still reads', () => {
  const report = reportOf(predictions, { bootstrapSamples: 0 });
  expect(report.parts[0]!.intervals).toBeNull();
  const parts = report.parts.map(({ intervals: _, ...old }) => old);
  expect(EvaluationReport.parse({ ...report, parts })).toEqual(report);
});
