import { describe, expect, test } from 'vitest';
import { caseAgreement, cohenKappa, type RatedCase } from '../../src-main/numerics/agreement.ts';
import { confusionMatrix } from '../../src-main/numerics/confusion.ts';
import golden from '../golden/numerics/agreement.json' with { type: 'json' };
import { expectClose } from './close.ts';

describe('kappa', () => {
  test.each(golden)(
    "of $classCount classes equals scikit-learn's, its interval statsmodels's",
    ({ first, second, classCount, kappa, interval }) => {
      const found = cohenKappa(confusionMatrix(first, second, classCount));
      expectClose(found.value, kappa);
      expectClose([found.low, found.high], interval, 6);
    },
  );

  test('observed and expected agreement are given', () => {
    const { observed, expected, value } = cohenKappa([
      [20, 5],
      [10, 15],
    ]);
    expectClose([observed, expected, value], [0.7, 0.5, 0.4]);
  });

  test('is undefined without cases and where both only ever said one class', () => {
    expect(
      cohenKappa([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual({ value: null, low: null, high: null, observed: null, expected: null });
    expect(
      cohenKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toEqual({ value: null, low: null, high: null, observed: 1, expected: 1 });
  });

  test('of raters who never agree stays within -1', () => {
    const { value, low } = cohenKappa([
      [0, 5],
      [5, 0],
    ]);
    expect([value, low]).toEqual([-1, -1]);
  });
});

describe('clinician, model and histology', () => {
  const rated = (clinician: number | null, model: number | null, histology: number | null): RatedCase => ({
    clinician,
    model,
    histology,
  });
  /** Classes: 0 melanoma, 1 carcinoma, 2 naevus. */
  const malignant = [true, true, false];
  const cases = [
    rated(0, 0, 0),
    rated(2, 0, 0),
    rated(1, 0, 1),
    rated(0, 2, 2),
    rated(2, 2, 2),
    rated(2, null, 2),
    rated(null, 2, 0),
    rated(2, 2, null),
    rated(null, 0, null),
  ];
  const { pairs, malignancy } = caseAgreement(cases, malignant);

  test('each pair counts the cases that both rated', () => {
    expect(pairs.map(({ first, second, cases: count }) => `${first}, ${second}: ${count}`)).toEqual([
      'clinician, model: 6',
      'histology, clinician: 6',
      'histology, model: 6',
    ]);
    expect(pairs[2]!.matrix).toEqual([
      [2, 0, 1],
      [1, 0, 0],
      [0, 0, 2],
    ]);
    for (const { matrix, kappa } of pairs) expect(kappa).toEqual(cohenKappa(matrix));
  });

  test('malignant is found also where the kind of cancer is not', () => {
    const [clinician, model] = malignancy;
    expect(clinician).toMatchObject({
      rater: 'clinician',
      malignant: 3,
      malignantFound: 2,
      benign: 3,
      benignFound: 2,
    });
    expect(model).toMatchObject({
      rater: 'model',
      malignant: 4,
      malignantFound: 3,
      benign: 2,
      benignFound: 2,
    });
    // SciPy: binomtest(3, 4).proportion_ci(method='exact')
    expectClose([model!.sensitivity.low, model!.sensitivity.high], [0.19412044968, 0.99369053679], 9);
    expectClose(model!.specificity.value, 1);
  });

  test('without histology there is no sensitivity', () => {
    const empty = caseAgreement([rated(0, 0, null)], malignant);
    expect(empty.malignancy[0]!.sensitivity).toEqual({ value: null, low: null, high: null });
    expect(empty.pairs[0]!.cases).toBe(1);
  });

  test('a class outside the list is refused', () => {
    expect(() => caseAgreement([rated(3, 0, 0)], malignant)).toThrow(RangeError);
  });
});
