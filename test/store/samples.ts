/** Small, valid records for the store's and the app's tests. */
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import type { EvaluationReport, Prediction } from '../../src-main/contract/schema/evaluation.ts';
import type { EpochRecord } from '../../src-main/contract/schema/run.ts';

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');

/** Ten images of five lesions in two classes. */
export function sampleManifest(overrides: Partial<DatasetManifest> = {}): DatasetManifest {
  return {
    formatVersion: 1,
    name: 'sample',
    root: '/data/sample',
    layout: 'ham10000',
    synthetic: false,
    classes: [
      { code: 'mel', name: 'Melanoma', malignant: true },
      { code: 'nv', name: 'Melanocytic nevi', malignant: false },
    ],
    images: Array.from({ length: 10 }, (_, index) => ({
      imageId: `image-${index}`,
      path: `images/image-${index}.jpg`,
      classIndex: index < 4 ? 0 : 1,
      lesionId: `lesion-${Math.floor(index / 2)}`,
      ageYears: index === 0 ? null : 40 + index,
      sex: index % 2 === 0 ? 'female' : null,
      site: 'back',
      dxType: 'histo',
      widthPx: 600,
      heightPx: 450,
      contentHash: hex(index, 64),
      perceptualHash: hex(index, 16),
    })),
    columns: ['age', 'sex', 'site', 'dx-type', 'lesion'],
    problems: [
      { kind: 'row-without-image', imageIds: ['image-77'], message: 'Row image-77 has no image.' },
      {
        kind: 'near-duplicate',
        imageIds: ['image-1', 'image-4'],
        message: 'image-1 and image-4 look alike.',
      },
    ],
    hash: hex(1, 64),
    ...overrides,
  };
}

export function sampleConfig(overrides: Partial<TrainingConfig> = {}): TrainingConfig {
  return { ...TrainingConfig.parse({ model: 'cnn1', epochs: 3 }), ...overrides };
}

export function sampleEpoch(epoch: number, overrides: Partial<EpochRecord> = {}): EpochRecord {
  return {
    epoch,
    train: { loss: 1 / epoch, accuracy: 0.5, balancedAccuracy: 0.4 },
    validation: { loss: 1.5 / epoch, accuracy: 0.45, balancedAccuracy: null },
    learningRate: 0.0001,
    imagesPerSecond: 81.25,
    elapsedMs: 1000 * epoch,
    best: true,
    ...overrides,
  };
}

const noMeans = {
  precision: null,
  recall: null,
  specificity: null,
  f1: null,
  rocAuc: null,
  averagePrecision: null,
};

/** A report whose `test` and `validation` parts have the given balanced accuracies. */
export function sampleReport(figures: { test: number | null; validation: number | null }): EvaluationReport {
  const part = (name: string, value: number | null): EvaluationReport['parts'][number] => ({
    part: name,
    images: 10,
    lesions: 5,
    loss: 0.7,
    accuracy: { value: 0.8, low: 0.7, high: 0.9 },
    balancedAccuracy: { value, low: null, high: null },
    macro: noMeans,
    weighted: noMeans,
    perClass: [],
    confusion: [
      [3, 1],
      [1, 5],
    ],
    calibration: { ece: 0.1, brier: 0.2, bins: [] },
    melanomaSensitivity: null,
    intervals: null,
  });
  return {
    formatVersion: 1,
    classes: sampleManifest().classes,
    bootstrapSamples: 100,
    parts: [part('test', figures.test), part('validation', figures.validation)],
    subgroups: [],
  };
}

export function samplePredictions(count: number): Prediction[] {
  return Array.from({ length: count }, (_, index) => ({
    imageId: `image-${index}`,
    lesionId: `lesion-${Math.floor(index / 2)}`,
    trueClass: index % 3 === 2 ? null : index % 2,
    probabilities: [1 / (index + 2), 1 - 1 / (index + 2)],
  }));
}
