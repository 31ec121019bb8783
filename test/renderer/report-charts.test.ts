import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src-main/evaluation/report.ts';
import { pointAt } from '../../src-main/numerics/operating-point.ts';
import { precisionRecallChart } from '../../src-renderer/charts/precision-recall.ts';
import { pointRows, rankingCurves } from '../../src-renderer/charts/ranking-curves.ts';
import {
  reliabilityChart,
  reliabilityPoints,
  reliabilityRows,
  reliabilitySummary,
} from '../../src-renderer/charts/reliability.ts';
import { rocChart, rocSummary } from '../../src-renderer/charts/roc.ts';
import { CLASSES, predictions } from '../app/report-document.ts';
import golden from '../golden/numerics/report.json' with { type: 'json' };

const palette = {
  ink: '#111',
  faint: '#777',
  line: '#ddd',
  ground: '#fff',
  train: '#888',
  validation: '#066',
  series: ['s1', 's2', 's3', 's4', 's5', 's6', 's7'],
};
const curves = rankingCurves(CLASSES, predictions);
const melanoma = curves[0]!;

describe('ranking curves', () => {
  test("have scikit-learn's areas for each class, and end with malignant against benign", () => {
    expect(curves.map(({ question }) => question.id)).toEqual([
      'class:mel',
      'class:bkl',
      'class:nv',
      'class:df',
      'malignant',
    ]);
    golden.perClass.rocAuc.forEach((auc, index) => {
      expect(curves[index]!.auc).toBeCloseTo(auc, 10);
      expect(curves[index]!.averagePrecision).toBeCloseTo(golden.perClass.averagePrecision[index]!, 10);
    });
    expect(rocSummary(melanoma)).toBe(
      `mel against the rest: area under the ROC curve ${golden.perClass.rocAuc[0]!.toFixed(3)}, ${melanoma.positives} positives of 160 images.`,
    );
  });

  test('are given as rows, a threshold each', () => {
    expect(pointRows(melanoma)).toHaveLength(melanoma.points.length);
    expect(pointRows(melanoma).at(-1)).toMatchObject({
      sensitivity: 1,
      specificity: 0,
      'false positives': 160 - melanoma.positives,
    });
  });

  test('of a class without images are empty', () => {
    const [none] = rankingCurves(
      CLASSES,
      predictions.filter(({ trueClass }) => trueClass !== 0),
    );
    expect([none!.roc, none!.precisionRecall, none!.auc]).toEqual([[], [], null]);
  });
});

describe('the ROC and the precision-recall chart', () => {
  const pointIndex = pointAt(melanoma.points, 0.5);
  const { sensitivity, specificity, precision } = melanoma.points[pointIndex]!;

  test('put the operating point on the curve in front, which has the colour of its class', () => {
    const [point, front, ...behind] = rocChart({ curves, chosen: 0, pointIndex }, palette).data.datasets;
    expect(point!.data).toEqual([{ x: 1 - specificity!, y: sensitivity }]);
    expect(front).toMatchObject({ label: 'mel against the rest', borderColor: 's2', borderWidth: 2.5 });
    expect(behind.map(({ label }) => label)).toEqual([
      'bkl against the rest',
      'nv against the rest',
      'df against the rest',
      'malignant against benign',
      'guess',
    ]);
    const [other] = precisionRecallChart({ curves, chosen: 0, pointIndex }, palette).data.datasets;
    expect(other!.data).toEqual([{ x: sensitivity, y: precision }]);
  });

  test('show a guess as what it is: the diagonal, and the share of positives', () => {
    const share = melanoma.positives / 160;
    const guess = precisionRecallChart({ curves, chosen: 0, pointIndex }, palette).data.datasets.at(-1)!;
    expect(guess.data).toEqual([
      { x: 0, y: share },
      { x: 1, y: share },
    ]);
  });

  test('keep their axes whatever the data', () => {
    const axes = (chosen: number) => rocChart({ curves, chosen, pointIndex: 0 }, palette).options!.scales!;
    expect(axes(0)).toEqual(axes(4));
    expect(axes(0)).toMatchObject({ x: { min: 0, max: 1 }, y: { min: 0, max: 1 } });
  });

  test('have no operating point where the rate is undefined', () => {
    // nothing called positive: no precision
    const [point] = precisionRecallChart({ curves, chosen: 0, pointIndex: 0 }, palette).data.datasets;
    expect(point!.data).toEqual([]);
  });
});

describe('the calibration diagram', () => {
  const { calibration } = buildReport({
    classes: CLASSES,
    parts: [{ part: 'test', predictions, loss: null }],
    images: new Map(),
    bootstrapSamples: 10,
    seed: 1,
    subgroupPart: 'test',
  }).parts[0]!;

  test('shows the bins that have images, and counts every image', () => {
    const { datasets } = reliabilityChart(calibration, palette).data;
    expect(datasets[0]!.data).toEqual(reliabilityPoints(calibration));
    const counts = datasets[2]!.data.map(({ y }) => y ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(160);
    expect(datasets[0]!.data).toHaveLength(counts.filter((count) => count > 0).length);
    expect(reliabilityRows(calibration).map(({ n }) => n)).toEqual(counts);
  });

  test('says in words which way the confidence errs', () => {
    const bin = (meanConfidence: number, accuracy: number) => ({
      ece: Math.abs(meanConfidence - accuracy),
      brier: 0,
      bins: [{ low: 0, high: 1, count: 10, meanConfidence, accuracy }],
    });
    expect(reliabilitySummary(bin(0.9, 0.6))).toContain('claims more than it keeps, by 0.300');
    expect(reliabilitySummary(bin(0.6, 0.9))).toContain('better than it claims, by 0.300');
    expect(reliabilitySummary({ ece: null, brier: null, bins: [] })).toBe('No image, so no calibration.');
  });
});
