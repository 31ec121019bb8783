import { describe, expect, test } from 'vitest';
import {
  clopperPearson,
  mcnemar,
  pairedBootstrapDifference,
  wilson,
} from '../../src-main/numerics/significance.ts';
import golden from '../golden/numerics/significance.json' with { type: 'json' };
import { expectClose } from './close.ts';

describe('McNemar', () => {
  test.each(golden.mcnemar)(
    "$onlyFirst against $onlySecond equals SciPy's exact binomial test",
    (expected) => {
      const { onlyFirst, onlySecond } = expected;
      // Five pairs on which both are right and two on which both are wrong must not matter.
      const first = [
        ...Array(onlyFirst).fill(true),
        ...Array(onlySecond).fill(false),
        ...Array(5).fill(true),
        false,
        false,
      ];
      const second = [
        ...Array(onlyFirst).fill(false),
        ...Array(onlySecond).fill(true),
        ...Array(5).fill(true),
        false,
        false,
      ];
      const result = mcnemar(first, second);
      expect([result.onlyFirstRight, result.onlySecondRight]).toEqual([onlyFirst, onlySecond]);
      expectClose(result.pValue, expected.pValue);
    },
  );

  test('refuses pairs that are not complete', () => {
    expect(() => mcnemar([true], [])).toThrow(/1 and 0/);
  });
});

describe('intervals of a share', () => {
  test.each(golden.shares)("$k of $n equals SciPy's", ({ k, n, exact, wilson: score }) => {
    const clopper = clopperPearson(k, n);
    expectClose([clopper.low, clopper.high], exact, 9);
    const { low, high } = wilson(k, n);
    expectClose([low, high], score, 9);
  });

  test('without trials all null; impossible shares are refused', () => {
    expect(clopperPearson(0, 0)).toEqual({ value: null, low: null, high: null });
    expect(wilson(0, 0)).toEqual({ value: null, low: null, high: null });
    expect(() => wilson(3, 2)).toThrow(/3 of 2/);
    expect(() => clopperPearson(0.5, 2)).toThrow(RangeError);
  });
});

describe('paired bootstrap of balanced accuracy', () => {
  const { paired } = golden;
  const options = {
    trueClasses: paired.true,
    groups: paired.groups,
    firstPredicted: paired.first,
    secondPredicted: paired.second,
    samples: 6000,
    seed: 1,
  };
  const result = pairedBootstrapDifference(options);

  test('agrees with one drawn by NumPy, up to drawing', () => {
    expectClose(result.value, paired.value);
    expect(Math.abs(result.low! - paired.low)).toBeLessThan(0.01);
    expect(Math.abs(result.high! - paired.high)).toBeLessThan(0.01);
    expect(Math.abs(result.pValue! - paired.pValue)).toBeLessThan(0.01);
  });

  test('the other way round is the same with the sign turned', () => {
    const turned = pairedBootstrapDifference({
      ...options,
      firstPredicted: paired.second,
      secondPredicted: paired.first,
    });
    expectClose([turned.value, turned.low, turned.high], [-result.value!, -result.high!, -result.low!]);
    expectClose(turned.pValue, result.pValue);
  });

  test('a classifier does not differ from itself', () => {
    const same = pairedBootstrapDifference({ ...options, secondPredicted: paired.first, samples: 200 });
    expect(same).toEqual({ value: 0, low: 0, high: 0, pValue: 1 });
  });

  test('a classifier that is always right beats one always wrong, and p is never 0', () => {
    const sure = pairedBootstrapDifference({
      ...options,
      firstPredicted: paired.true,
      secondPredicted: paired.true.map((c) => (c + 1) % 4),
      samples: 999,
    });
    expect(sure).toEqual({ value: 1, low: 1, high: 1, pValue: 0.002 });
  });

  test('without images all null, with one lesion the value alone', () => {
    const empty = {
      trueClasses: [],
      groups: [],
      firstPredicted: [],
      secondPredicted: [],
      samples: 10,
      seed: 0,
    };
    expect(pairedBootstrapDifference(empty)).toEqual({ value: null, low: null, high: null, pValue: null });
    const one = {
      ...empty,
      trueClasses: [2, 2],
      groups: ['a', 'a'],
      firstPredicted: [2, 2],
      secondPredicted: [2, 0],
    };
    expect(pairedBootstrapDifference(one)).toEqual({ value: 0.5, low: null, high: null, pValue: null });
  });
});
