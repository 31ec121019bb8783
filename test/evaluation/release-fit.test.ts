/** A release's fit against scikit-learn and SciPy, and what it may look at. */
import { describe, expect, test } from 'vitest';
import { CONFORMAL_LEVELS, ReleaseFit } from '../../src-main/contract/schema/release.ts';
import { freezeRelease, measureRelease, type PartScores } from '../../src-main/evaluation/release-fit.ts';
import golden from '../golden/numerics/release-fit.json' with { type: 'json' };
import { hashBetween } from '../support/hash-weights.ts';

const { codes, targets } = golden;
const classes = codes.map((code, i) => ({ code, name: code, malignant: golden.malignant[i]! }));

/** As scripts/golden/make-release-fit.py draws them. */
function part(name: keyof typeof golden.images): PartScores {
  const images = Array.from({ length: golden.images[name] }, (_, image) => image);
  const lesions = images.map((image) => Math.floor((image * 3) / 4));
  const drawn = hashBetween(`${name}/classes`, images.length, 0, 1);
  const trueClasses = lesions.map((lesion) => Math.floor(drawn[lesion]! ** 2 * codes.length));
  const logits = hashBetween(`${name}/logits`, images.length * codes.length, -2.5, 2.5);
  const features = hashBetween(`${name}/features`, images.length * golden.features, -1, 1);
  for (const image of images) features[image * golden.features + trueClasses[image]!]! += 1;
  return {
    imageIds: images.map((image) => String((image * 37) % 1000).padStart(3, '0')),
    lesionIds: lesions.map((lesion) => `lesion ${lesion}`),
    trueClasses,
    logits: images.map((image) =>
      codes.map((_, c) => logits[image * codes.length + c]! + (c === trueClasses[image] ? 2.25 : 0)),
    ),
    features,
  };
}

const train = part('train');
const calibration = part('calibration');
const measured = part('test');
const frozen = freezeRelease({ train, calibration }, { classes, targets });
const fit = measureRelease(frozen, measured);

function expectEstimate(
  ours: { value: number | null; low: number | null; high: number | null },
  theirs: number[],
) {
  [ours.value, ours.low, ours.high].forEach((value, i) => {
    expect(value).toBeCloseTo(theirs[i]!, 9);
  });
}

test("the temperature is SciPy's, and so is what it does on test", () => {
  expect(fit.temperature).toBeCloseTo(golden.temperature, 5);
  for (const when of ['before', 'after'] as const) {
    for (const score of ['ece', 'brier', 'logLoss'] as const) {
      expect(fit.reliability[when][score], `${score} ${when}`).toBeCloseTo(
        golden.reliability[when][score],
        5,
      );
    }
  }
});

describe.each(golden.conformal.map((expected, i) => ({ expected, level: CONFORMAL_LEVELS[i]! })))(
  'sets at $level',
  ({ expected, level }) => {
    const ours = fit.conformal.find((conformal) => conformal.level === level)!;

    test('have the thresholds of the calibration lesions', () => {
      expect(ours.marginal.threshold).toBeCloseTo(expected.marginal, 5);
      expect(ours.byClass.map(({ lesions }) => lesions)).toEqual(golden.calibrationLesionsByClass);
      ours.byClass.forEach(({ threshold, kind }, c) => {
        expect(kind).toBe(expected.isOwn[c] ? 'class-conditional' : 'marginal');
        expect(threshold).toBeCloseTo(expected.byClass[c]!, 5);
      });
    });

    test('are counted on the test lesions', () => {
      const { overall, byClass, setSizes } = ours.onTest;
      expect(overall.coveredLesions).toBe(expected.covered);
      expectEstimate(overall.share, expected.share);
      expect(byClass.map(({ lesions }) => lesions)).toEqual(golden.testLesionsByClass);
      expect(byClass.map(({ coveredLesions }) => coveredLesions)).toEqual(expected.coveredByClass);
      expect(setSizes).toEqual(expected.setSizes);
    });
  },
);

test.each(['malignant', 'melanoma'] as const)(
  'the operating point for %s is that of the ROC curve',
  (question) => {
    const ours = fit.operating.find((point) => point.question === question)!;
    const expected = golden.operating[question];
    expect(ours.codes).toEqual(question === 'melanoma' ? ['mel'] : ['bcc', 'mel']);
    expect(ours.targetSensitivity).toBe(targets[`${question}Sensitivity`]);
    expect(ours.threshold).toBeCloseTo(expected.threshold, 5);
    expect(ours.calibration.sensitivity).toBeGreaterThanOrEqual(ours.targetSensitivity);
    expect(ours.calibration.sensitivity).toBeCloseTo(expected.calibration[0]!, 9);
    expect(ours.calibration.specificity).toBeCloseTo(expected.calibration[1]!, 9);
    expect(ours.test.positive).toBe(expected.positive);
    expectEstimate(ours.test.sensitivity, expected.sensitivity);
    expectEstimate(ours.test.specificity, expected.specificity);
  },
);

test("the limit of what is like the training pictures comes from scikit-learn's distances", () => {
  const { distance } = fit;
  expect(distance).toMatchObject({ method: 'feature-distance', inside: targets.inside });
  expect(distance).toMatchObject({ featureCount: golden.features, whitenedMeans: codes.length });
  expect(distance.limit).toBeCloseTo(golden.distance.limit, 5);
  expect(distance.calibration).toHaveLength(101);
  distance.calibration.forEach((quantile, i) => {
    expect(quantile).toBeCloseTo(golden.distance.calibration[i]!, 5);
  });
  expectEstimate(distance.outsideOnTest, golden.distance.outside);
});

test('is a fit that the contract takes', () => {
  expect(ReleaseFit.parse({ ...fit, parts: [] })).toEqual({ ...fit, parts: [] });
});

describe('the test part', () => {
  const other = measureRelease(frozen, {
    ...measured,
    trueClasses: measured.trueClasses.map((trueClass) => (trueClass + 1) % codes.length),
    logits: measured.logits.map((row) => row.map((value) => -3 * value)),
    features: measured.features.map((value) => value * 9),
  });

  test('changes what is reported', () => {
    expect(other.reliability.after.logLoss).not.toBe(fit.reliability.after.logLoss);
    expect(other.conformal[0]!.onTest.overall.coveredLesions).not.toBe(golden.conformal[0]!.covered);
    expect(other.distance.outsideOnTest.value).toBeGreaterThan(0.9);
    expect(other.operating[0]!.test.positive).not.toBe(fit.operating[0]!.test.positive);
  });

  test('changes no threshold', () => {
    const thresholds = (of: typeof fit) => ({
      temperature: of.temperature,
      conformal: of.conformal.map(({ level, marginal, byClass }) => ({ level, marginal, byClass })),
      operating: of.operating.map(({ test: _, ...point }) => point),
      distance: { ...of.distance, outsideOnTest: null },
    });
    expect(thresholds(other)).toEqual(thresholds(fit));
  });
});

test('a lesion counts once, however often it was photographed', () => {
  const again = (images: PartScores): PartScores => ({
    imageIds: [...images.imageIds, ...images.imageIds.map((id) => `z${id}`)],
    lesionIds: [...images.lesionIds, ...images.lesionIds],
    trueClasses: [...images.trueClasses, ...images.trueClasses],
    logits: [...images.logits, ...images.logits.map((row) => row.toReversed())],
    features: Float32Array.of(...images.features, ...images.features),
  });
  const twice = freezeRelease({ train, calibration: again(calibration) }, { classes, targets });
  expect(measureRelease(twice, again(measured))).toEqual(fit);
});

describe('a question is asked only', () => {
  const questions = (marked: typeof classes | { code: string; name: string; malignant: boolean | null }[]) =>
    freezeRelease({ train, calibration }, { classes: marked, targets }).operating.map(
      ({ question }) => question,
    );

  test('where every class is marked as malignant or not', () => {
    expect(
      questions(classes.map((info) => ({ ...info, malignant: info.code === 'nv' ? null : true }))),
    ).toEqual(['melanoma']);
  });

  test('where melanoma is a class', () => {
    expect(questions(classes.map((info) => ({ ...info, code: `${info.code}s` })))).toEqual(['malignant']);
  });

  test('where the calibration part has such a lesion', () => {
    const without = { ...calibration, trueClasses: calibration.trueClasses.map((c) => (c === 1 ? 2 : c)) };
    const { operating } = freezeRelease({ train, calibration: without }, { classes, targets });
    expect(operating.map(({ question }) => question)).toEqual(['malignant']);
  });
});

test('scores that are right throughout the calibration part are not sharpened without end', () => {
  const logits = calibration.trueClasses.map((c) => codes.map((_, other) => (c === other ? 4 : 0)));
  const right = freezeRelease({ train, calibration: { ...calibration, logits } }, { classes, targets });
  expect(right.temperature).toBe(1);
});

test('a network with more features than a covariance can be had of is measured by its energy', () => {
  const wide = (images: PartScores) => ({
    ...images,
    features: new Float32Array(images.imageIds.length * 4097),
  });
  const byEnergy = freezeRelease(
    { train: wide(train), calibration: wide(calibration) },
    { classes, targets },
  );
  const { distance } = measureRelease(byEnergy, wide(measured));
  expect(distance).toMatchObject({ method: 'energy', featureCount: null, whitenedMeans: null });
  expect(distance.limit).toBeLessThan(0);
});

test('too few calibration lesions give no limit, not a wrong one', () => {
  const few = (images: PartScores): PartScores => ({
    imageIds: images.imageIds.slice(0, 8),
    lesionIds: images.lesionIds.slice(0, 8),
    trueClasses: images.trueClasses.slice(0, 8),
    logits: images.logits.slice(0, 8),
    features: images.features.slice(0, 8 * golden.features),
  });
  const { limit, conformal } = freezeRelease({ train, calibration: few(calibration) }, { classes, targets });
  expect(limit.limit).toBeNull();
  expect(conformal.at(-1)!.marginal.threshold).toBeNull();
});
