import { describe, expect, test } from 'vitest';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';
import type { SettingPoint } from '../../src-main/contract/schema/history.ts';
import { overlayChart, overlayRows } from '../../src-renderer/charts/overlay.ts';
import { scatterChart, scatterOf, scatterRows } from '../../src-renderer/charts/setting-scatter.ts';
import { disagreements, isOfKind, sharedImages } from '../../src-renderer/lib/compare/disagreements.ts';
import { holm } from '../../src-renderer/lib/compare/holm.ts';
import { metricRows } from '../../src-renderer/lib/compare/metrics.ts';
import { formatSpread, seedRows, spreadOf } from '../../src-renderer/lib/compare/seeds.ts';
import { differingSettings, settingName } from '../../src-renderer/lib/compare/settings.ts';
import { sampleConfig, sampleEpoch, sampleReport } from '../store/samples.ts';

const palette = {
  ink: '#111',
  faint: '#777',
  line: '#ddd',
  ground: '#fff',
  train: '#888',
  validation: '#066',
  series: ['#1', '#2', '#3', '#4', '#5', '#6', '#7'],
};

describe('settings of several runs', () => {
  test('are shown where they differ, in the order of the form and in words', () => {
    const configs = [
      sampleConfig({ learningRate: 0.001, flipVertical: false, seed: 1 }),
      sampleConfig({ learningRate: 0.001, headDropout: 0.5, seed: 2 }),
      sampleConfig({ learningRate: 0.01, seed: 3 }),
    ];
    expect(differingSettings(configs).map(({ name, values }) => [name, ...values])).toEqual([
      ['Head dropout (fraction)', 'the usual', '0.5', 'the usual'],
      ['Learning rate', '0.001', '0.001', '0.01'],
      ['Flip up and down', 'no', 'yes', 'yes'],
      ['Seed', '1', '2', '3'],
    ]);
    expect(differingSettings([configs[0]!, { ...configs[0]! }])).toEqual([]);
  });

  test('have names with their units', () => {
    expect(settingName('imageWidthPx')).toBe('Image width (px)');
    expect(settingName('headL2')).toBe('L2 penalty of the head');
  });
});

describe('figures side by side', () => {
  test('mark the best as it is written, low or high, and leave out what no run has', () => {
    const report = (test: number, loss: number) => {
      const made = sampleReport({ test, validation: null });
      made.parts[0]!.loss = loss;
      return made;
    };
    const rows = metricRows([report(0.7, 0.9), null, report(0.8, 0.5), report(0.7996, 0.5)], 'test');
    const row = (name: string) => rows.find((candidate) => candidate.name === name);
    expect(row('Balanced accuracy')?.best).toEqual([2, 3]);
    expect(row('Log loss')?.best).toEqual([2, 3]);
    expect(row('Balanced accuracy')?.estimates.map((estimate) => estimate?.value)).toEqual([
      0.7,
      undefined,
      0.8,
      0.7996,
    ]);
    // all alike: none is better
    expect(row('Accuracy')?.best).toEqual([]);
    expect(row('ROC AUC, mean of classes')).toBeUndefined();
  });

  test('have their intervals, and none in a report of a version that made none', () => {
    const [old, made] = [0.6, 0.7].map((test) => sampleReport({ test, validation: null }));
    const scores = { precision: null, specificity: null, f1: null, rocAuc: null, averagePrecision: null };
    made!.parts[0]!.melanomaSensitivity = [{ specificity: 0.9, sensitivity: 0.5, threshold: 0.2 }];
    made!.parts[0]!.intervals = {
      loss: [0.6, 0.8],
      ece: null,
      brier: [0.1, 0.3],
      macro: scores,
      weighted: { ...scores, recall: null },
      perClass: [],
      melanomaSensitivity: [[0.4, 0.6]],
    };
    const rows = metricRows([old!, made!], 'test');
    const row = (name: string) => rows.find((candidate) => candidate.name === name)?.estimates;
    const alone = { low: null, high: null };
    expect(row('Log loss')).toEqual([
      { value: 0.7, ...alone },
      { value: 0.7, low: 0.6, high: 0.8 },
    ]);
    expect(row('Calibration error (ECE)')![1]).toEqual({ value: 0.1, ...alone });
    expect(row('Sensitivity for melanoma at specificity 0.90')).toEqual([
      { value: null, ...alone },
      { value: 0.5, low: 0.4, high: 0.6 },
    ]);
  });
});

const prediction = (imageId: string, trueClass: number | null, ...probabilities: number[]): Prediction => ({
  imageId,
  lesionId: imageId,
  trueClass,
  probabilities,
});

describe('images on which runs disagree', () => {
  const base = [
    prediction('same', 0, 0.9, 0.1),
    prediction('base right', 0, 0.6, 0.4),
    prediction('base wrong', 0, 0.2, 0.8),
    prediction('alone', 0, 0.9, 0.1),
    prediction('unknown', null, 0.7, 0.3),
  ];
  const other = [
    prediction('unknown', null, 0.1, 0.9),
    prediction('base wrong', 0, 0.7, 0.3),
    prediction('base right', 0, 0.3, 0.7),
    prediction('same', 0, 0.6, 0.4),
  ];
  const found = disagreements([base, other]);

  test('are those that all have tested, the surest answers of the base first', () => {
    expect(found.map(({ imageId }) => imageId)).toEqual(['base wrong', 'unknown', 'base right']);
    expect(found[0]?.answers).toEqual([
      { predicted: 1, probability: 0.8 },
      { predicted: 0, probability: 0.7 },
    ]);
    expect(sharedImages([base, other])).toBe(4);
    expect(disagreements([base])).toEqual([]);
    expect(disagreements([base, []])).toEqual([]);
  });

  test('are sifted by who is right', () => {
    const of = (kind: Parameters<typeof isOfKind>[1]) =>
      found.filter((image) => isOfKind(image, kind)).map(({ imageId }) => imageId);
    expect(of('any')).toHaveLength(3);
    expect(of('base-right')).toEqual(['base right']);
    expect(of('base-wrong')).toEqual(['base wrong']);
    expect(of('all-wrong')).toEqual([]);
    const [wrong] = disagreements([[prediction('a', 2, 1, 0, 0)], [prediction('a', 2, 0, 1, 0)]]);
    expect(isOfKind(wrong!, 'all-wrong')).toBe(true);
  });
});

describe('seeds of one configuration', () => {
  test('have the mean and the deviation of a sample', () => {
    // numpy.mean and numpy.std(ddof=1) of [0.71, 0.74, 0.69]
    const { mean, deviation, n } = spreadOf([0.71, null, 0.74, 0.69]);
    expect(n).toBe(3);
    expect(mean).toBeCloseTo(0.7133333333333334, 12);
    expect(deviation).toBeCloseTo(0.025166114784235857, 12);
    expect(formatSpread(spreadOf([0.71, 0.74, 0.69]))).toBe('0.713 ± 0.025');
    expect(formatSpread(spreadOf([0.5]))).toBe('0.500');
    expect(formatSpread(spreadOf([null]))).toBe('–');
  });

  test('say which of the compared runs are among them', () => {
    const seed = (id: number, figure: number | null) => ({
      id,
      name: 'cnn1',
      seed: id,
      testBalancedAccuracy: figure,
      testAccuracy: null,
      validationBalancedAccuracy: null,
      validationAccuracy: null,
    });
    const rows = seedRows(
      [{ runs: [seed(1, 0.4), seed(2, 0.6), seed(9, 0.5)] }, { runs: [seed(5, 0.1)] }],
      [5, 2, 1],
    );
    expect(rows.map(({ compared }) => compared)).toEqual([[1, 2], [0]]);
    expect(rows[0]?.spreads.testBalancedAccuracy).toMatchObject({ n: 3, mean: 0.5 });
  });
});

test('p-values of several tests are adjusted as Holm does', () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm')
  const adjusted = holm([0.01, null, 0.04, 0.03, 0.005]);
  expect(adjusted[1]).toBeNull();
  expect(adjusted.filter((value) => value !== null)).toEqual(
    [0.03, 0.06, 0.06, 0.02].map((value) => expect.closeTo(value, 12)),
  );
  expect(holm([0.7, 0.8])).toEqual([1, 1]);
});

describe('curves over each other', () => {
  const runs = [
    { label: '#4', epochs: [sampleEpoch(1), sampleEpoch(2)] },
    { label: '#9', epochs: [sampleEpoch(1), sampleEpoch(2), sampleEpoch(3)] },
  ];

  test('are one line a run, as long as the longest, validation solid and train dashed', () => {
    const chart = overlayChart({ runs, part: 'validation', measure: 'loss', palette });
    expect(
      chart.data.datasets.map(({ label, data, borderColor }) => [label, data.length, borderColor]),
    ).toEqual([
      ['#4', 2, '#1'],
      ['#9', 3, '#2'],
    ]);
    expect(chart.data.datasets[0]).not.toHaveProperty('borderDash');
    expect(chart.options?.scales).toMatchObject({ x: { min: 1, max: 3 }, y: { max: 2 } });
    const train = overlayChart({ runs, part: 'train', measure: 'accuracy', palette });
    expect(train.data.datasets[0]).toHaveProperty('borderDash');
    expect(train.options?.scales).toMatchObject({ y: { max: 1 } });
  });

  test('are a table with a column a run', () => {
    expect(overlayRows(runs, 'validation', 'loss')).toEqual([
      { epoch: 1, '#4': 1.5, '#9': 1.5 },
      { epoch: 2, '#4': 0.75, '#9': 0.75 },
      { epoch: 3, '#4': null, '#9': 0.5 },
    ]);
  });
});

describe('a setting against a figure', () => {
  const point = (id: number, value: SettingPoint['value'], figure: number | null): SettingPoint => ({
    id,
    name: 'run',
    model: 'cnn1',
    value,
    testBalancedAccuracy: figure,
    testAccuracy: null,
    validationBalancedAccuracy: null,
    validationAccuracy: null,
  });

  test('stands on a logarithmic axis where it spans much, on a linear one where not', () => {
    const rates = [point(1, 0.1, 0.5), point(2, 0.001, 0.6), point(3, 0.01, null)];
    const scatter = scatterOf(rates, 'testBalancedAccuracy', [2]);
    expect(scatter).toMatchObject({ kind: 'logarithmic' });
    expect(scatter.points.map(({ id, x, compared }) => [id, x, compared])).toEqual([
      [2, -3, 0],
      [1, -1, null],
    ]);
    expect(scatterOf([point(1, 16, 0.5), point(2, 32, 0.6)], 'testBalancedAccuracy', []).kind).toBe('linear');
    expect(scatterRows(scatter, 'learning rate', 'Figure')[0]).toEqual({
      run: 2,
      'learning rate': '0.001',
      Figure: 0.6,
    });
  });

  test('that is a word, a switch or of both kinds stands side by side', () => {
    const layers = [point(1, 'all', 0.5), point(2, 20, 0.6), point(3, 3, 0.7), point(4, null, 0.1)];
    const scatter = scatterOf(layers, 'testBalancedAccuracy', [1, 3]);
    expect(scatter).toMatchObject({ kind: 'words', words: ['3', '20', 'all', 'the usual'] });
    expect(scatter.points.map(({ id, x, compared }) => [id, x, compared])).toEqual([
      [3, 0, 1],
      [2, 1, null],
      [1, 2, 0],
      [4, 3, null],
    ]);
  });

  test('shows the compared runs in their colours, larger and by number', () => {
    const scatter = scatterOf([point(7, 1, 0.5), point(8, 2, 0.6)], 'testBalancedAccuracy', [8]);
    const chart = scatterChart(scatter, { setting: 'seed', figure: 'Figure', palette });
    expect(chart.data.datasets[0]).toMatchObject({
      pointBackgroundColor: [palette.faint, '#1'],
      pointRadius: [3, 6],
      showLine: false,
    });
    expect(chart.options?.plugins?.comparedRuns).toEqual({ labels: [null, '#8'] });
    expect(scatterOf([], 'testAccuracy', []).points).toEqual([]);
  });
});
