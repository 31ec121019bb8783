import { describe, expect, test } from 'vitest';
import {
  conformalCoverage,
  conformalQuantile,
  firstImages,
  fitConformal,
  fitNestedConformal,
  type LesionRows,
  predictionSet,
} from '../../src-main/numerics/conformal.ts';
import { argMax } from '../../src-main/numerics/confusion.ts';
import { createRandom, type Random } from '../../src-main/numerics/random.ts';
import golden from '../golden/numerics/conformal.json' with { type: 'json' };
import { expectClose } from './close.ts';

/** Every image a lesion of its own. */
function singles(rows: readonly number[][], trueClasses: readonly number[]): LesionRows {
  const imageIds = rows.map((_, i) => `image-${i}`);
  return { rows, trueClasses, lesionIds: imageIds, imageIds };
}

const ascending = (set: readonly number[]) => set.toSorted((a, b) => a - b);

describe.each(golden.cases)("at level $level, as NumPy's and MAPIE's", (expected) => {
  const { level } = expected;
  const fitted = fitConformal(singles(golden.rows, golden.true), { level, classCount: 5 });

  test('thresholds, the marginal one where a class has too few lesions', () => {
    expect(fitted.marginal.lesions).toBe(260);
    expect(fitted.marginal.threshold).toBeCloseTo(expected.marginal, 12);
    fitted.byClass.forEach(({ threshold, lesions, kind }, c) => {
      const own = expected.byClass[c] ?? null;
      expect(threshold).toBeCloseTo(own ?? expected.marginal, 12);
      expect(lesions).toBe(expected.lesionsByClass[c]);
      expect(kind).toBe(own === null ? 'marginal' : 'class-conditional');
    });
  });

  test('sets of the marginal threshold alone, never empty', () => {
    const byClass = fitted.byClass.map(() => ({ ...fitted.marginal, kind: 'marginal' as const }));
    golden.testRows.forEach((row, i) => {
      const set = expected.marginalSets[i]!;
      expect(ascending(predictionSet(row, { byClass }))).toEqual(set.length > 0 ? set : [argMax(row)]);
    });
  });

  test('sets of the thresholds by class, and how often they hold the truth', () => {
    golden.testRows.forEach((row, i) => {
      expect(ascending(predictionSet(row, fitted))).toEqual(expected.sets[i]);
    });
    const { overall, byClass, setSizes } = conformalCoverage(
      singles(golden.testRows, golden.testTrue),
      fitted,
    );
    expect([overall.coveredLesions, overall.lesions]).toEqual([expected.covered, 200]);
    expectClose([overall.share.low, overall.share.high], expected.interval, 9);
    expectClose(overall.meanSetSize, expected.meanSetSize);
    expect(byClass.map(({ coveredLesions }) => coveredLesions)).toEqual(expected.coveredByClass);
    expect(byClass.reduce((sum, { lesions }) => sum + lesions, 0)).toBe(200);
    expect(setSizes).toEqual(
      [1, 2, 3, 4, 5].map((size) => expected.sets.filter((set) => set.length === size).length),
    );
  });
});

describe('the quantile', () => {
  test('is the ceil((n + 1) level)-th smallest, null where n is too small', () => {
    const nine = [9, 1, 8, 2, 7, 3, 6, 4, 5];
    expect(conformalQuantile(nine, 0.9)).toBe(9);
    expect(conformalQuantile(nine, 0.8)).toBe(8);
    expect(conformalQuantile(nine.slice(1), 0.9)).toBeNull();
    expect(conformalQuantile([], 0.5)).toBeNull();
  });

  test('is not moved a place by the rounding of 100 times 0.55', () => {
    const scores = Array.from({ length: 99 }, (_, i) => i + 1);
    expect(conformalQuantile(scores, 0.55)).toBe(55);
  });

  test('refuses a level that is none', () => {
    for (const level of [0, 1, 90, Number.NaN]) {
      expect(() => conformalQuantile([1, 2], level)).toThrow(`received ${level}`);
    }
  });
});

describe('lesions', () => {
  test('count by their first image by id, wherever it stands', () => {
    expect(firstImages({ lesionIds: ['a', 'b', 'a', 'b'], imageIds: ['4', '2', '1', '3'] })).toEqual([1, 2]);
  });

  test('a lesion photographed a hundred times moves no threshold, and its further pictures no share', () => {
    const rows = golden.rows.slice(0, 100);
    const once = singles(rows, golden.true.slice(0, 100));
    const further = Array.from({ length: 100 }, (_, i) => `later-${i}`);
    const often: LesionRows = {
      rows: [...rows, ...further.map(() => [0, 0, 1, 0, 0])],
      trueClasses: [...golden.true.slice(0, 100), ...further.map(() => 0)],
      lesionIds: [...once.lesionIds, ...further.map(() => 'image-0')],
      imageIds: [...once.imageIds, ...further],
    };
    const options = { level: 0.8, classCount: 5 };
    expect(fitConformal(often, options)).toEqual(fitConformal(once, options));
    const fitted = fitConformal(once, options);
    const { overall } = conformalCoverage(often, fitted);
    const { share, meanSetSize } = conformalCoverage(once, fitted).overall;
    expect(overall).toMatchObject({ lesions: 100, images: 200, share, meanSetSize });
  });
});

describe('several levels', () => {
  const levels = [0.8, 0.9, 0.95];
  const data = singles(golden.rows, golden.true);
  const nested = fitNestedConformal(data, { levels, classCount: 5 });

  test('give sets that only grow with the level', () => {
    for (const row of golden.rows) {
      const [narrow = [], middle = [], wide = []] = nested.map((fitted) => predictionSet(row, fitted));
      expect(middle).toEqual(expect.arrayContaining(narrow));
      expect(wide).toEqual(expect.arrayContaining(middle));
    }
  });

  test('have a threshold of its own for a class whose one worst lesion does not decide it: from 9, 19 and 39 lesions on', () => {
    for (const [level, fewest] of [
      [0.8, 9],
      [0.9, 19],
      [0.95, 39],
    ] as const) {
      const kindOf = (lesions: number) => {
        const rows = Array.from({ length: lesions }, (_, i) => [0.5 + i / 1000, 0.5 - i / 1000]);
        const few = singles(
          rows,
          rows.map(() => 0),
        );
        return fitNestedConformal(few, { levels: [level], classCount: 2 })[0]!.byClass[0]!.kind;
      };
      expect([kindOf(fewest - 1), kindOf(fewest)]).toEqual(['marginal', 'class-conditional']);
    }
  });
});

test('with too few lesions for the level every class is in the set', () => {
  const fitted = fitConformal(singles([[0.9, 0.1]], [0]), { level: 0.9, classCount: 2 });
  expect(fitted.marginal).toEqual({ threshold: null, lesions: 1 });
  expect(predictionSet([0.001, 0.999], fitted)).toEqual([1, 0]);
});

test('a set starts with the most probable class', () => {
  const byClass = [0.9, 0.9, 0.9].map((threshold) => ({
    threshold,
    lesions: 20,
    kind: 'class-conditional' as const,
  }));
  expect(predictionSet([0.2, 0.5, 0.3], { byClass })).toEqual([1, 2, 0]);
});

test('thresholds come back from JSON with the same sets', () => {
  const fitted = fitConformal(singles(golden.rows, golden.true), { level: 0.95, classCount: 5 });
  const again = JSON.parse(JSON.stringify(fitted));
  expect(again).toEqual(fitted);
  for (const row of golden.rows) expect(predictionSet(row, again)).toEqual(predictionSet(row, fitted));
});

test('without images there is no share and no size', () => {
  const fitted = fitConformal(singles(golden.rows, golden.true), { level: 0.9, classCount: 5 });
  expect(conformalCoverage(singles([], []), fitted).overall).toEqual({
    lesions: 0,
    coveredLesions: 0,
    share: { value: null, low: null, high: null },
    images: 0,
    coveredImages: 0,
    meanSetSize: null,
  });
});

test('what does not fit together is refused', () => {
  const data = singles([[0.5, 0.5]], [0]);
  const fitted = (changes: Partial<LesionRows>, classCount = 2) =>
    fitConformal({ ...data, ...changes }, { level: 0.5, classCount });
  expect(() => fitted({ trueClasses: [2] })).toThrow(/true class 2, but 2 probabilities/);
  expect(() => fitted({ trueClasses: [1] }, 1)).toThrow(/for 1 classes/);
  expect(() => fitted({ trueClasses: [] })).toThrow(/received 1, 0 and 1/);
  expect(() => fitted({ imageIds: [] })).toThrow(/received 1 and 0/);
  expect(() => predictionSet([1], fitted({}))).toThrow(/thresholds of 2 classes, but 1 probabilities/);
});

describe('on data that are exchangeable', () => {
  /** A lesion of class 0 to 2, with probabilities that favour its class more or less. */
  function drawLesion(random: Random): { row: number[]; trueClass: number } {
    const trueClass = [0, 0, 0, 0, 1, 1, 1, 2][random.integer(8)]!;
    const powers = [0, 1, 2].map((c) => Math.exp(1.2 * random.normal() + (c === trueClass ? 1 : 0)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return { row: powers.map((power) => power / total), trueClass };
  }

  test('the class of a new lesion is in its set at the level, overall and in every class', () => {
    const random = createRandom(17);
    const draw = (count: number) => {
      const lesions = Array.from({ length: count }, () => drawLesion(random));
      return singles(
        lesions.map(({ row }) => row),
        lesions.map(({ trueClass }) => trueClass),
      );
    };
    const level = 0.85;
    const counts = Array.from({ length: 4 }, () => ({ lesions: 0, covered: 0 }));
    for (let repetition = 0; repetition < 300; repetition++) {
      const fitted = fitConformal(draw(150), { level, classCount: 3 });
      const { overall, byClass } = conformalCoverage(draw(100), fitted);
      [overall, ...byClass].forEach(({ lesions, coveredLesions }, i) => {
        counts[i]!.lesions += lesions;
        counts[i]!.covered += coveredLesions;
      });
    }
    // Between the level and the level + 1 / (n + 1), n being the lesions of a class; three standard errors of room.
    const rooms = [0.006, 0.008, 0.009, 0.014];
    const excess = [1 / 16, 1 / 70, 1 / 50, 1 / 16];
    counts.forEach(({ lesions, covered }, i) => {
      expect(covered / lesions).toBeGreaterThan(level - rooms[i]!);
      expect(covered / lesions).toBeLessThan(level + excess[i]! + rooms[i]!);
    });
  });
});
