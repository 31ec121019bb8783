import { describe, expect, test } from 'vitest';
import { type ComparedRun, compareRuns } from '../../src-main/app/compare-runs.ts';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';

/** A test set of two classes; `right` says for each image whether the run is right about it. */
function run(id: number, right: readonly boolean[], used: readonly string[] = []): ComparedRun {
  const testPredictions = right.map((isRight, index): Prediction => {
    const trueClass = index % 2;
    const predicted = isRight ? trueClass : 1 - trueClass;
    return {
      imageId: `image-${index}`,
      lesionId: `lesion-${index}`,
      trueClass,
      probabilities: predicted === 0 ? [0.9, 0.1] : [0.1, 0.9],
    };
  });
  return { id, classCodes: ['mel', 'nv'], testPredictions, usedLesions: new Set(used), sameLesions: [] };
}

const of = (count: number, wrong: readonly number[]) =>
  Array.from({ length: count }, (_, index) => !wrong.includes(index));

describe('comparing two runs', () => {
  test('gives the difference in balanced accuracy, first minus second, and the exact McNemar test', () => {
    // 20 images of each class: the first misses 2 of class 0, the second 10 of class 0
    const first = run(1, of(40, [0, 2]));
    const second = run(2, of(40, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]));
    const comparison = compareRuns(first, second);
    expect(comparison).toMatchObject({ runs: [1, 2], images: 40, lesions: 40, excludedForLeakage: 0 });
    // recalls: 18/20 and 1 against 10/20 and 1
    expect(comparison.balancedAccuracyDifference.value).toBeCloseTo(0.2, 12);
    expect(comparison.balancedAccuracyDifference.low).toBeGreaterThan(0);
    expect(comparison.balancedAccuracyDifference.pValue).toBeLessThan(0.05);
    // discordant 9 to 1: scipy.stats.binomtest(1, 10, 0.5).pvalue
    expect(comparison.mcnemar).toMatchObject({ lesions: 40, onlyFirstRight: 9, onlySecondRight: 1 });
    expect(comparison.mcnemar.pValue).toBeCloseTo(0.021484375, 12);
  });

  test('leaves out lesions that either run trained, validated or calibrated on', () => {
    const comparison = compareRuns(
      run(1, of(10, []), ['lesion-0', 'lesion-1']),
      run(2, of(10, []), ['lesion-1', 'lesion-2', 'lesion-99']),
    );
    expect(comparison).toMatchObject({ images: 7, excludedForLeakage: 3 });
  });

  test('counts lesions with near-duplicate pictures as one, also over a third', () => {
    const sameLesions = [
      ['lesion-0', 'lesion-50'],
      ['lesion-50', 'lesion-51'],
      ['lesion-4', 'lesion-6'],
    ];
    const first = { ...run(1, of(10, []), ['lesion-51']), sameLesions };
    const comparison = compareRuns(first, run(2, of(10, [])));
    expect(comparison).toMatchObject({ images: 9, lesions: 8, excludedForLeakage: 1 });
    expect(comparison.mcnemar.lesions).toBe(8);
  });

  test('looks only at images that both have tested and whose diagnosis is known', () => {
    const first = run(1, of(10, []));
    const second = run(2, of(6, []));
    const unknown = { ...second.testPredictions[0]!, trueClass: null };
    const comparison = compareRuns(first, {
      ...second,
      testPredictions: [unknown, ...second.testPredictions.slice(1)],
    });
    expect(comparison).toMatchObject({ images: 5, excludedForLeakage: 0 });
  });

  test('takes one image of each lesion for McNemar, and the same one each time', () => {
    const sharing = (base: ComparedRun): ComparedRun => ({
      ...base,
      testPredictions: base.testPredictions.map((prediction, index) => ({
        ...prediction,
        trueClass: 0,
        lesionId: `lesion-${Math.floor(index / 4)}`,
      })),
    });
    const [first, second] = [sharing(run(1, of(40, [0, 5, 9]))), sharing(run(2, of(40, [3, 5, 11])))];
    const comparison = compareRuns(first, second);
    expect(comparison.mcnemar.lesions).toBe(10);
    expect(comparison.lesions).toBe(10);
    expect(compareRuns(first, second)).toEqual(comparison);
  });

  test('gives no interval and no p-value where a class has one lesion alone', () => {
    // three images: two of class 0, one of class 1
    const { balancedAccuracyDifference } = compareRuns(run(1, of(3, [])), run(2, of(3, [1])));
    expect(balancedAccuracyDifference).toEqual({ value: 0.5, low: null, high: null, pValue: null });
  });

  test('has no figures without a shared unseen image', () => {
    const all = Array.from({ length: 4 }, (_, index) => `lesion-${index}`);
    expect(compareRuns(run(1, of(4, []), all), run(2, of(4, [])))).toEqual({
      runs: [1, 2],
      images: 0,
      lesions: 0,
      excludedForLeakage: 4,
      balancedAccuracyDifference: { value: null, low: null, high: null, pValue: null },
      mcnemar: { lesions: 0, onlyFirstRight: 0, onlySecondRight: 0, pValue: null },
    });
  });

  test('refuses runs of different classes', () => {
    const other = { ...run(2, of(4, [])), classCodes: ['mel', 'bkl'] };
    expect(() => compareRuns(run(1, of(4, [])), other)).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('bkl') }),
    );
  });
});
