import { describe, expect, test } from 'vitest';
import {
  EvaluationReport,
  type Prediction,
  SubgroupScores,
} from '../../src-main/contract/schema/evaluation.ts';
import { buildReport, type PatientFields, type ReportInput } from '../../src-main/evaluation/report.ts';
import golden from '../golden/numerics/report.json' with { type: 'json' };
import { expectClose } from '../numerics/close.ts';

const CLASSES = ['bkl', 'mel', 'nv', 'df'].map((code) => ({
  code,
  name: `class ${code}`,
  malignant: code === 'mel',
}));

const predictions: Prediction[] = golden.predictions;
const NOTHING_KNOWN: PatientFields = { ageYears: null, sex: null, site: null, dxType: null };

const input = (changes: Partial<ReportInput> = {}): ReportInput => ({
  classes: CLASSES,
  parts: [{ part: 'test', predictions, loss: 0.7 }],
  images: new Map(),
  bootstrapSamples: 300,
  seed: 1,
  subgroupPart: 'test',
  ...changes,
});

const sure = (trueClass: number, predicted: number, id: string): Prediction => ({
  imageId: id,
  lesionId: id,
  trueClass,
  probabilities: CLASSES.map((_, c) => (c === predicted ? 1 : 0)),
});

describe('a part', () => {
  const report = buildReport(input());
  const part = report.parts[0]!;

  test('fits the contract, and survives JSON', () => {
    expect(EvaluationReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.classes).toEqual(CLASSES);
    expect(report.bootstrapSamples).toBe(300);
  });

  test('has the figures of scikit-learn', () => {
    expectClose(part.accuracy.value, golden.accuracy);
    expectClose(part.balancedAccuracy.value, golden.balancedAccuracy);
    expect(part.confusion).toEqual(golden.confusion);
    for (const name of ['support', 'precision', 'recall', 'f1', 'rocAuc', 'averagePrecision'] as const) {
      expectClose(
        part.perClass.map((scores) => scores[name]),
        golden.perClass[name],
      );
    }
    for (const name of ['precision', 'recall', 'f1', 'rocAuc', 'averagePrecision'] as const) {
      expectClose(part.macro[name], golden.macro[name]);
      expectClose(part.weighted[name], golden.weighted[name]);
    }
    expectClose(part.calibration.brier, golden.brier);
    expectClose(
      part.melanomaSensitivity!.map((point) => point.sensitivity),
      golden.melanomaSensitivity,
    );
    expect(part.melanomaSensitivity!.map((point) => point.specificity)).toEqual([0.8, 0.9, 0.95]);
    expect(part.loss).toBe(0.7);
  });

  test('counts images and lesions', () => {
    expect(part.images).toBe(golden.predictions.length);
    expect(part.lesions).toBe(120);
    expect(part.calibration.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(part.images);
  });

  test('intervals hold their figure, and are those of lesions: wider than over images', () => {
    const asImages = predictions.map((prediction) => ({ ...prediction, lesionId: prediction.imageId }));
    const samples = { bootstrapSamples: 3000 };
    const overLesions = buildReport(input(samples)).parts[0]!;
    const overImages = buildReport(
      input({ ...samples, parts: [{ part: 'test', predictions: asImages, loss: null }] }),
    ).parts[0]!;
    const width = ({ low, high }: { low: number | null; high: number | null }) => high! - low!;
    for (const estimate of [overLesions.accuracy, overLesions.balancedAccuracy]) {
      expect(estimate.low!).toBeLessThan(estimate.value!);
      expect(estimate.high!).toBeGreaterThan(estimate.value!);
    }
    expect(width(overLesions.accuracy)).toBeGreaterThan(width(overImages.accuracy));
    overLesions.perClass.forEach(({ recall, recallInterval }) => {
      expect(recallInterval![0]).toBeLessThan(recall!);
      expect(recallInterval![1]).toBeGreaterThan(recall!);
    });
  });

  test('lesions are drawn within each class: what the class shares alone would move has no interval', () => {
    const byClass = [0, 0, 0, 0, 1, 1, 1, 1].map((c, i) => sure(c, 0, `image ${i}`));
    const { accuracy } = buildReport(input({ parts: [{ part: 'test', predictions: byClass, loss: null }] }))
      .parts[0]!;
    expect(accuracy).toEqual({ value: 0.5, low: null, high: null });
  });

  test('the seed decides the intervals and nothing else', () => {
    expect(buildReport(input())).toEqual(report);
    const other = buildReport(input({ seed: 2 })).parts[0]!;
    expect(other.balancedAccuracy.low).not.toBe(part.balancedAccuracy.low);
    expect(other.balancedAccuracy.value).toBe(part.balancedAccuracy.value);
    expect(other.macro).toEqual(part.macro);
  });

  test('a part that more parts stand beside keeps its figures', () => {
    const both = buildReport(
      input({
        parts: [{ part: 'validation', predictions: predictions.slice(0, 20), loss: 1 }, ...input().parts],
      }),
    );
    expect(both.parts.map(({ part: name }) => name)).toEqual(['validation', 'test']);
    expect(both.parts[1]).toEqual(part);
  });
});

describe('undefined stays undefined', () => {
  test('a class without samples is null, not 0, and stays out of the means', () => {
    const part = buildReport(
      input({
        parts: [
          {
            part: 'test',
            predictions: [sure(0, 0, 'a'), sure(0, 3, 'b'), sure(2, 2, 'c'), sure(2, 2, 'd')],
            loss: null,
          },
        ],
      }),
    ).parts[0]!;
    expect(part.perClass[3]).toEqual({
      code: 'df',
      support: 0,
      precision: null,
      recall: null,
      recallInterval: null,
      specificity: 0.75,
      f1: null,
      rocAuc: null,
      averagePrecision: null,
    });
    expect(part.balancedAccuracy.value).toBe(0.75);
    expect(part.macro.precision).toBe(1);
    expect(part.melanomaSensitivity!.map((point) => point.sensitivity)).toEqual([null, null, null]);
  });

  test('an empty part is all null', () => {
    const report = buildReport(input({ parts: [{ part: 'test', predictions: [], loss: null }] }));
    expect(EvaluationReport.parse(report)).toEqual(report);
    const part = report.parts[0]!;
    const nothing = { value: null, low: null, high: null };
    expect([part.accuracy, part.balancedAccuracy]).toEqual([nothing, nothing]);
    expect(part.macro.f1).toBeNull();
    expect(part.calibration).toMatchObject({ ece: null, brier: null });
    expect(report.subgroups).toEqual([]);
  });

  test('one lesion, or none wrong, has no interval', () => {
    const single = buildReport(input({ parts: [{ part: 'test', predictions: [sure(1, 1, 'a')], loss: 0 }] }));
    expect(single.parts[0]!.accuracy).toEqual({ value: 1, low: null, high: null });
    const perfect = [0, 1, 2, 3, 0, 1].map((c, i) => sure(c, c, `image ${i}`));
    const flawless = buildReport(input({ parts: [{ part: 'test', predictions: perfect, loss: 0 }] }));
    expect(flawless.parts[0]!.balancedAccuracy).toEqual({ value: 1, low: null, high: null });
  });

  test('without melanoma in the class list there is no melanoma sensitivity', () => {
    const renamed = CLASSES.map((info) => ({ ...info, code: `x-${info.code}` }));
    expect(buildReport(input({ classes: renamed })).parts[0]!.melanomaSensitivity).toBeNull();
  });
});

describe('subgroups', () => {
  const ages = [0, 19, 20, 45, 60, 79, 80, 85, null, 62];
  const sexes = ['male', 'female', 'unknown', null, ''];
  const images = new Map(
    predictions.map(({ imageId }, i): [string, PatientFields] => [
      imageId,
      { ageYears: ages[i % 10]!, sex: sexes[i % 5]!, site: i % 3 === 0 ? 'back' : 'face', dxType: null },
    ]),
  );
  const report = buildReport(input({ images }));
  const of = (variable: string) => report.subgroups.filter((group) => group.variable === variable);

  test('bands of twenty years, unknown last', () => {
    expect(of('age').map((group) => group.value)).toEqual([
      '0-19',
      '20-39',
      '40-59',
      '60-79',
      '80+',
      'unknown',
    ]);
    const perTen = predictions.length / 10;
    expect(of('age').map((group) => group.images / perTen)).toEqual([2, 1, 1, 3, 2, 1]);
  });

  test('missing, empty and the word itself are one group "unknown"', () => {
    expect(of('sex').map((group) => [group.value, group.images])).toEqual([
      ['female', predictions.length / 5],
      ['male', predictions.length / 5],
      ['unknown', (predictions.length / 5) * 3],
    ]);
  });

  test('a group has the figures of its images alone', () => {
    const backs = predictions.filter(({ imageId }) => images.get(imageId)!.site === 'back');
    const alone = buildReport(input({ parts: [{ part: 'test', predictions: backs, loss: null }] })).parts[0]!;
    const back = of('site')[0]!;
    expect(back).toMatchObject({ value: 'back', images: backs.length, lesions: alone.lesions });
    expect(back.accuracy.value).toBe(alone.accuracy.value);
    expect(back.perClass.map(({ recall }) => recall)).toEqual(alone.perClass.map(({ recall }) => recall));
    expect(back.accuracy.low).toBeLessThan(back.accuracy.value!);
    expect(back.macro).toEqual(alone.macro);
    expect(back.weighted).toEqual(alone.weighted);
    expect(back.confusion).toEqual(alone.confusion);
    expect(back.calibration).toEqual(alone.calibration);
    expect(back.melanomaSensitivity).toEqual(alone.melanomaSensitivity);
    expect(back.intervals!.macro.rocAuc![0]).toBeLessThan(back.macro!.rocAuc!);
    const surprises = backs.map(({ probabilities, trueClass }) => -Math.log(probabilities[trueClass!]!));
    expect(back.loss).toBeCloseTo(surprises.reduce((sum, value) => sum + value) / backs.length, 12);
  });

  test('a report of a version whose groups had fewer figures is read', () => {
    const { variable, value, images: n, lesions, accuracy, balancedAccuracy, perClass } = of('site')[0]!;
    const old = { variable, value, images: n, lesions, accuracy, balancedAccuracy, perClass };
    expect(SubgroupScores.parse(old)).toMatchObject({
      ...old,
      macro: null,
      calibration: null,
      intervals: null,
    });
  });

  test('a variable that nothing is known of is left out', () => {
    expect(of('dx-type')).toEqual([]);
    const unknown = new Map(predictions.map(({ imageId }) => [imageId, NOTHING_KNOWN]));
    expect(buildReport(input({ images: unknown })).subgroups).toEqual([]);
  });

  test('are cut from the part that is named', () => {
    expect(buildReport(input({ images, subgroupPart: 'validation' })).subgroups).toEqual([]);
  });
});

describe('refuses', () => {
  const withFirst = (changes: Partial<Prediction>) =>
    input({ parts: [{ part: 'test', predictions: [{ ...predictions[0]!, ...changes }], loss: null }] });

  test('an image without a diagnosis, or of a class that is not listed', () => {
    expect(() => buildReport(withFirst({ trueClass: null }))).toThrow(
      /image0 of part "test" has true class null/,
    );
    expect(() => buildReport(withFirst({ trueClass: 4 }))).toThrow(/one of the 4 classes/);
  });

  test('probabilities that do not fit the class list or are no numbers', () => {
    expect(() => buildReport(withFirst({ probabilities: [1] }))).toThrow(/expected 4 numbers/);
    expect(() => buildReport(withFirst({ probabilities: [Number.NaN, 0, 0, 0] }))).toThrow(/NaN/);
  });
});
