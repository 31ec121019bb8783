import { describe, expect, test } from 'vitest';
import {
  energy,
  fitDistanceLimit,
  fitFeatureDistribution,
  isOutside,
  type LabelledFeatures,
  mahalanobisDistance,
  outsideShare,
  shareNearer,
} from '../../src-main/numerics/out-of-distribution.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import golden from '../golden/numerics/out-of-distribution.json' with { type: 'json' };
import { expectClose } from './close.ts';

test("energies equal SciPy's, of logits of any size", () => {
  golden.logits.forEach((logits, i) => {
    expectClose(
      golden.temperatures.map((temperature) => energy(logits, temperature)),
      golden.energies[i]!,
      9,
    );
  });
});

test('the energy falls as any logit rises, and refuses a temperature that is none', () => {
  expect(energy([9, 0, 0])).toBeLessThan(energy([1, 0, 0]));
  expect(() => energy([1, 2], 0)).toThrow(/received 0/);
  expect(() => energy([1, 2], Number.NaN)).toThrow(/received NaN/);
});

describe.each(golden.cases)(
  "$featureCount features as scikit-learn's LedoitWolf",
  ({ featureCount, classCount, features, true: trueClasses, shrinkage, queries, distances }) => {
    const distribution = fitFeatureDistribution({
      features: Float32Array.from(features),
      featureCount,
      trueClasses,
      classCount,
    });

    test('the shrinkage', () => {
      expect(distribution.shrinkage).toBeCloseTo(shrinkage, 6);
    });

    test('distances to the nearest class mean, within what 32 bits keep', () => {
      queries.forEach((query, i) => {
        expect(mahalanobisDistance(query, distribution) / distances[i]!).toBeCloseTo(1, 4);
      });
    });

    test('a class without images is nobody’s nearest', () => {
      expect(distribution.whitenedMeans).toHaveLength(new Set(trueClasses).size * featureCount);
    });
  },
);

describe('features that cannot be fitted are refused', () => {
  const data: LabelledFeatures = {
    features: Float32Array.of(1, 2, 3, 5, 4, 9),
    featureCount: 2,
    trueClasses: [0, 0, 0],
    classCount: 1,
  };

  test.each<[string, Partial<LabelledFeatures>, RegExp]>([
    ['too few values', { featureCount: 3 }, /3 images of 3 features need 9 values.*received 6/],
    ['no image', { features: new Float32Array(0), trueClasses: [] }, /there must be one; received 0/],
    ['a class outside the list', { trueClasses: [0, 0, 1] }, /image 2 has true class 1 of 1/],
    [
      'a value that is no number',
      { features: Float32Array.of(1, 2, 3, Number.NaN, 4, 9) },
      /image 1 has NaN/,
    ],
    ['features that never vary', { features: Float32Array.of(1, 2, 1, 2, 1, 2) }, /no variance/],
  ])('%s', (_, changes, message) => {
    expect(() => fitFeatureDistribution({ ...data, ...changes })).toThrow(message);
  });

  test('a query with another number of features', () => {
    const distribution = fitFeatureDistribution(data);
    expect(() => mahalanobisDistance([1, 2, 3], distribution)).toThrow(/has 2 features; received 3/);
  });

  test('but a unit that never fires does no harm', () => {
    const features = Float32Array.from([1, 0, 2, 3, 0, 5, 4, 0, 9, 0, 0, 4]);
    const distribution = fitFeatureDistribution({
      ...data,
      features,
      featureCount: 3,
      trueClasses: [0, 0, 0, 0],
    });
    expect(mahalanobisDistance([2, 0, 5], distribution)).toBeLessThan(2);
    expect(mahalanobisDistance([2, 40, 5], distribution)).toBeGreaterThan(20);
  });
});

describe('the limit', () => {
  /** Measures 1 to n, a lesion each. */
  const series = (count: number) => {
    const imageIds = Array.from({ length: count }, (_, i) => `image-${i}`);
    return { measures: imageIds.map((_, i) => i + 1), lesionIds: imageIds, imageIds };
  };

  test('keeps the share of calibration lesions inside, by their first image', () => {
    const limit = fitDistanceLimit(series(100), 0.95);
    expect(limit.limit).toBe(96);
    expect(isOutside(96, limit)).toBe(false);
    expect(isOutside(96.01, limit)).toBe(true);
    const again = fitDistanceLimit({
      measures: [...series(100).measures, 1e6],
      lesionIds: [...series(100).lesionIds, 'image-3'],
      imageIds: [...series(100).imageIds, 'zz'],
    });
    expect(again).toEqual(limit);
    expect(JSON.parse(JSON.stringify(limit))).toEqual(limit);
  });

  test('keeps that share of further lesions inside too', () => {
    const random = createRandom(8);
    const draw = (count: number) => ({
      ...series(count),
      measures: Array.from({ length: count }, () => random.normal()),
    });
    let outside = 0;
    for (let i = 0; i < 200; i++) outside += outsideShare(draw(100), fitDistanceLimit(draw(80), 0.9)).value!;
    expect(outside / 200).toBeLessThan(0.1 + 0.008);
    expect(outside / 200).toBeGreaterThan(0.1 - 1 / 81 - 0.008);
  });

  test('with too few lesions for the share nothing is outside', () => {
    const limit = fitDistanceLimit(series(18), 0.95);
    expect(limit.limit).toBeNull();
    expect(isOutside(1e9, limit)).toBe(false);
    expect(fitDistanceLimit(series(19), 0.95).limit).toBe(19);
  });

  test('a measure is placed among those of calibration', () => {
    const { calibration } = fitDistanceLimit(series(200));
    expect([-5, 1, 1.5, 199, 200, 201].map((measure) => shareNearer(measure, { calibration }))).toEqual([
      0, 0, 0.005, 0.99, 0.995, 1,
    ]);
    expect(shareNearer(1, { calibration: [] })).toBeNull();
  });

  test('what is outside on another part comes with an exact interval', () => {
    const share = outsideShare(series(100), fitDistanceLimit(series(80), 0.9));
    expect(share.value).toBeCloseTo(0.27, 12);
    expect(share.low).toBeCloseTo(0.1860664223, 9);
    expect(share.high).toBeCloseTo(0.3680162729, 9);
  });

  test('a measure that is no number is refused, and lists that do not fit', () => {
    expect(() => fitDistanceLimit({ ...series(2), measures: [1, Number.NaN] })).toThrow(/image-1 has NaN/);
    expect(() => fitDistanceLimit({ ...series(2), measures: [1] })).toThrow(/received 1 and 2/);
  });
});
