import { describe, expect, test } from 'vitest';
import {
  brierScore,
  expectedCalibrationError,
  logLoss,
  reliabilityBins,
  squaredDistance,
  surprise,
} from '../../src-main/numerics/calibration.ts';
import { argMax, classScores, confusionMatrix } from '../../src-main/numerics/confusion.ts';
import { averagePrecision, rocAuc, sensitivityAtSpecificity } from '../../src-main/numerics/ranking.ts';
import {
  repeatedCalibrationError,
  repeatedConfusion,
  repeatedMean,
  repeatedRankingAreas,
  repeatedSensitivities,
} from '../../src-main/numerics/repeated-images.ts';
import golden from '../golden/numerics/repeated-images.json' with { type: 'json' };
import { expectClose } from './close.ts';

const { rows, true: trueClasses } = golden;
const SPECIFICITIES = [0.5, 0.8, 0.9, 1];
const predicted = rows.map(argMax);
const againstRest = (c: number, of = { rows, trueClasses }) => ({
  scores: of.rows.map((row) => row[c]!),
  positive: of.trueClasses.map((trueClass) => trueClass === c),
});
const perImage = (figure: typeof surprise) =>
  repeatedMean(Float64Array.from(rows, (row, i) => figure(row, trueClasses[i]!)));

describe.each(golden.drawings)('drawing %#', (expected) => {
  const times = Uint32Array.from(expected.multiplicities);
  const physically = <T>(values: readonly T[]) =>
    values.flatMap((value, i) => new Array<T>(times[i]!).fill(value));
  const repeated = { rows: physically(rows), trueClasses: physically(trueClasses) };

  test("classes have scikit-learn's figures, and those of a set that holds each image as often", () => {
    const confusion = repeatedConfusion(trueClasses, predicted, 3)(times);
    expect(confusion).toEqual(confusionMatrix(repeated.trueClasses, physically(predicted), 3));
    const counts = classScores(confusion);
    expected.perClass.forEach((figures, c) => {
      for (const name of ['precision', 'recall', 'specificity', 'f1'] as const) {
        expectClose(counts[c]![name], figures[name]);
      }
      const areas = repeatedRankingAreas(againstRest(c))(times);
      expectClose(areas.rocAuc, figures.rocAuc);
      expectClose(areas.rocAuc, rocAuc(againstRest(c, repeated)));
      expectClose(areas.averagePrecision, figures.averagePrecision);
      expectClose(areas.averagePrecision, averagePrecision(againstRest(c, repeated)));
      const sensitivities = repeatedSensitivities(againstRest(c), SPECIFICITIES)(times);
      expectClose(sensitivities, figures.sensitivities);
      expectClose(
        sensitivities,
        SPECIFICITIES.map(
          (wanted) => sensitivityAtSpecificity(againstRest(c, repeated), wanted)?.sensitivity ?? null,
        ),
      );
    });
  });

  test('so have the probabilities', () => {
    const error = repeatedCalibrationError({ rows, trueClasses })(times);
    expectClose(error, expected.ece);
    expectClose(error, expectedCalibrationError(reliabilityBins(repeated)));
    expectClose(perImage(squaredDistance)(times), expected.brier);
    expectClose(perImage(squaredDistance)(times), brierScore(repeated));
    expectClose(perImage(surprise)(times), expected.logLoss);
    expectClose(perImage(surprise)(times), logLoss(repeated));
  });
});

test('where no image counts, nothing is known', () => {
  const nothing = new Uint32Array(rows.length);
  expect(perImage(surprise)(nothing)).toBeNull();
  expect(repeatedCalibrationError({ rows, trueClasses })(nothing)).toBeNull();
  expect(repeatedRankingAreas(againstRest(0))(nothing)).toEqual({ rocAuc: null, averagePrecision: null });
  expect(repeatedSensitivities(againstRest(0), [0.9])(nothing)).toEqual([null]);
});
