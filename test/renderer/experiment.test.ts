import { describe, expect, test } from 'vitest';
import { CONFIG_FIELDS } from '../../src-main/contract/config-fields.ts';
import { isRelevant, labelOf, unitOf } from '../../src-main/contract/config-labels.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { RunSpeed } from '../../src-main/contract/schema/experiment.ts';
import { scheduleRows } from '../../src-renderer/charts/schedule-chart.ts';
import { readExperiment, writeExperiment } from '../../src-renderer/lib/experiment-address.ts';
import { readField } from '../../src-renderer/lib/field-problems.ts';
import { estimateRun, missingWords, sourceWords } from '../../src-renderer/lib/run-estimate.ts';
import { moved } from '../../src-renderer/state/queue-order.ts';

const field = (key: string) => CONFIG_FIELDS.find((candidate) => candidate.key === key)!;
const config = (given: object) => TrainingConfig.parse({ model: 'cnn1', ...given });

describe('what is typed into a field', () => {
  test.each([
    ['epochs', '12', 12],
    ['learningRate', '1e-3', 0.001],
    ['learningRate', '0,001', 0.001],
    ['trainableLayers', 'all', 'all'],
    ['trainableLayers', '23', 23],
    ['headDropout', 'none', null],
    ['headDropout', '', null],
    ['splitFile', '', null],
    ['flipVertical', false, false],
    ['optimiser', 'sgd', 'sgd'],
  ])('%s from %j', (key, typed, value) => {
    expect(readField(field(key), typed)).toEqual({ value });
  });

  test.each([
    ['epochs', '0', 'Must be more than 0.'],
    ['epochs', '2.5', 'A whole number is needed.'],
    ['epochs', '', 'A number is needed.'],
    ['epochs', '20000', 'Must be at most 10000.'],
    ['momentum', '1', 'Must be less than 1.'],
    ['learningRate', 'fast', 'A number is needed.'],
    ['trainableLayers', 'some', 'A number or "all" is needed.'],
    ['headDropout', 'off', 'A number or "none" is needed.'],
  ])('%s refuses %j in words', (key, typed, problem) => {
    expect(readField(field(key), typed)).toEqual({ problem });
  });
});

test('every setting has a name of its own', () => {
  const names = CONFIG_FIELDS.map(({ key }) => labelOf(key));
  expect(new Set(names).size).toBe(names.length);
  expect(labelOf('learningRate')).toBe('Learning rate');
  expect([labelOf('imageWidthPx'), unitOf('imageWidthPx')]).toEqual(['Image width', 'px']);
});

test('a setting has a part in a run only where the setting that it hangs on says so', () => {
  const relevant = (given: object) =>
    CONFIG_FIELDS.filter(({ key }) => isRelevant(key, config(given))).map(({ key }) => key);
  expect(relevant({ optimiser: 'adam' })).toContain('beta1');
  expect(relevant({ optimiser: 'adam' })).not.toContain('momentum');
  expect(relevant({ optimiser: 'sgd' })).toContain('momentum');
  expect(relevant({ splitMethod: 'image' }).filter((key) => /Fraction$/.test(key))).toEqual([
    'zoomFraction',
    'shiftFraction',
  ]);
  expect(relevant({ splitMethod: 'k-fold' })).toEqual(expect.arrayContaining(['folds', 'trainFraction']));
  expect(relevant({ splitMethod: 'k-fold' })).not.toContain('testFraction');
  expect(relevant({ model: 'file', modelFile: 'a.json' })).toContain('modelFile');
});

test('the address of an experiment gives the experiment back', () => {
  const choice = {
    datasetId: 3,
    modelId: 'mobile_net',
    preset: 'published',
    name: 'second try',
    fromRun: 7,
    typed: { epochs: '0', flipVertical: false, headBatchNorm: true, headDropout: 'none', optimiser: 'sgd' },
  } as const;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(writeExperiment(choice))) {
    if (value !== null) query.set(key, value);
  }
  expect(readExperiment(query)).toEqual(choice);
  expect(readExperiment(new URLSearchParams('from=5'))).toMatchObject({ fromRun: 5, modelId: '', typed: {} });
  expect(readExperiment(new URLSearchParams('dataset=x&from=0&epochz=3'))).toEqual({
    datasetId: null,
    modelId: '',
    preset: 'default',
    name: '',
    fromRun: null,
    typed: {},
  });
});

describe('the estimate of a run', () => {
  const parts = (
    [
      ['train', 600],
      ['validation', 100],
      ['calibration', 100],
      ['test', 200],
    ] as const
  ).map(([part, images]) => ({ part, images, lesions: images, classCounts: [] }));
  const speed: RunSpeed = {
    source: 'measured',
    runIds: [],
    imagesPerSecond: 30,
    wholeMsPerImage: null,
    prepareMsPerImage: 0,
    predictMsPerImage: 10,
    residentBytes: 5e8,
  };

  test('counts training, validation after each epoch, and the report at the end', () => {
    expect(estimateRun(speed, parts, 10)).toEqual({
      epochMs: 20_000 + 1_000,
      totalMs: 10 * 21_000 + 10_000,
      residentBytes: 5e8,
      missing: [],
    });
  });

  test('counts what the frozen layers compute once for every image, and says where that is not known', () => {
    const frozen = { ...speed, imagesPerSecond: 300, prepareMsPerImage: 25 };
    expect(estimateRun(frozen, parts, 10)).toMatchObject({
      epochMs: 2_000 + 1_000,
      totalMs: 600 * 25 + 10 * 3_000 + 10_000,
      missing: [],
    });
    const unknown = estimateRun({ ...frozen, prepareMsPerImage: null }, parts, 10)!;
    expect(unknown.totalMs).toBe(40_000);
    expect(missingWords(unknown)).toBe(
      'On top: what the frozen layers compute once, before the first epoch.',
    );
  });

  test('takes whole epochs of earlier runs where they are known, else says that it knows the steps alone', () => {
    const runs: RunSpeed = { ...speed, source: 'runs', runIds: [9, 7, 4], predictMsPerImage: null };
    expect(estimateRun({ ...runs, wholeMsPerImage: 40 }, parts, 2)).toMatchObject({
      totalMs: 48_000,
      missing: [],
    });
    const steps = estimateRun(runs, parts, 2)!;
    expect(steps.totalMs).toBe(40_000);
    expect(missingWords(steps)).toBe('On top: validation.');
    expect(sourceWords(runs)).toContain('runs 9, 7 and 4');
    expect(sourceWords(speed)).toContain('just now');
  });

  test('is none where nothing is trained on', () => {
    expect(estimateRun(speed, [], 2)).toBeNull();
  });
});

describe('the learning rates before there is a run', () => {
  const rates = (given: object, column: string) =>
    scheduleRows(config({ learningRate: 0.001, ...given })).map((row) => row[column]);

  test('follow a cosine from its warm-up down to the floor', () => {
    const cosine = rates(
      { schedule: 'cosine', epochs: 12, warmupEpochs: 2, minimumLearningRate: 0 },
      'learning rate',
    );
    expect(cosine[0]).toBeCloseTo(0.001 / 3, 12);
    expect(cosine[2]).toBe(0.001);
    expect(cosine[7]).toBeCloseTo(0.0005, 12);
    expect(cosine.at(-1)).toBeLessThan(0.00005);
  });

  test("fall on a plateau when Keras's patience is over, and stay while it improves", () => {
    const plateau = { schedule: 'plateau', epochs: 13, plateauPatience: 5, plateauFactor: 0.5 };
    for (const plateauMonitor of ['loss', 'accuracy']) {
      expect(rates({ ...plateau, plateauMonitor }, 'if it keeps improving')).toEqual(
        new Array(13).fill(0.001),
      );
      expect(rates({ ...plateau, plateauMonitor }, 'if it never does')).toEqual([
        ...new Array(6).fill(0.001),
        ...new Array(5).fill(0.0005),
        ...new Array(2).fill(0.00025),
      ]);
    }
  });

  test('are thinned out for a long plan, with its ends kept', () => {
    const rows = scheduleRows(config({ epochs: 10_000, schedule: 'constant' }));
    expect(rows.length).toBeLessThan(500);
    expect([rows[0]!.epoch, rows.at(-1)!.epoch]).toEqual([1, 10_000]);
  });
});

test('a waiting run moves one place at a time and stays within the queue', () => {
  expect(moved([4, 5, 6], 6, -1)).toEqual([4, 6, 5]);
  expect(moved([4, 5, 6], 4, 1)).toEqual([5, 4, 6]);
  expect(moved([4, 5, 6], 4, -1)).toEqual([4, 5, 6]);
  expect(moved([4, 5, 6], 9, 1)).toEqual([4, 5, 6]);
});
