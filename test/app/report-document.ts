/** A run with a report on real predictions (those of the golden values), for tests of what is made of it. */
import type { ReportDocument } from '../../src-main/app/report-html/page.ts';
import type { ClassInfo, DatasetSummary } from '../../src-main/contract/schema/dataset.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import { buildReport } from '../../src-main/evaluation/report.ts';
import golden from '../golden/numerics/report.json' with { type: 'json' };
import { sampleConfig, sampleEpoch } from '../store/samples.ts';

export const CLASSES: readonly ClassInfo[] = [
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'bkl', name: 'Benign keratosis', malignant: false },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
  { code: 'df', name: 'Dermatofibroma', malignant: false },
];

export const { predictions } = golden;

export function sampleRun(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 7,
    name: 'first try',
    datasetId: 1,
    datasetHash: 'a'.repeat(64),
    config: sampleConfig(),
    environment: null,
    status: 'completed',
    failure: null,
    warnings: [],
    createdAt: '2026-03-01T10:00:00.000Z',
    startedAt: '2026-03-01T10:00:05.000Z',
    endedAt: '2026-03-01T10:20:05.000Z',
    epochsDone: 3,
    bestEpoch: 2,
    testBalancedAccuracy: null,
    testAccuracy: null,
    validationBalancedAccuracy: null,
    validationAccuracy: null,
    trainingMs: 1_200_000,
    notes: '',
    tags: [],
    starred: false,
    ...overrides,
  };
}

export function sampleDataset(overrides: Partial<DatasetSummary> = {}): DatasetSummary {
  return {
    id: 1,
    name: 'clinic',
    root: '/data/clinic',
    layout: 'ham10000',
    synthetic: false,
    classes: [...CLASSES],
    classCounts: [1, 1, 1, 1],
    imageCount: 1600,
    lesionCount: 1200,
    problemCount: 0,
    hash: 'a'.repeat(64),
    importedAt: '2026-03-01T09:00:00.000Z',
    ...overrides,
  };
}

/** The predictions as the test part, the first forty but those of df as the validation part; those of a train part were not kept. */
export function sampleDocument(overrides: Partial<ReportDocument> = {}): ReportDocument {
  const validation = predictions.slice(0, 40).filter(({ trueClass }) => trueClass !== 3);
  const fields = (imageId: string) => ({
    ageYears: Number(imageId.slice(5)) % 90,
    sex: Number(imageId.slice(5)) % 2 === 0 ? 'female' : 'male',
    site: null,
    dxType: null,
  });
  return {
    run: sampleRun(),
    dataset: sampleDataset(),
    testedOn: null,
    epochs: [1, 2, 3].map((epoch) => sampleEpoch(epoch, { best: epoch === 2 })),
    report: buildReport({
      classes: CLASSES,
      parts: [
        { part: 'train', predictions: validation, loss: 0.4 },
        { part: 'validation', predictions: validation, loss: 0.6 },
        { part: 'test', predictions, loss: 0.7 },
      ],
      images: new Map(predictions.map(({ imageId }) => [imageId, fields(imageId)])),
      bootstrapSamples: 200,
      seed: 1,
      subgroupPart: 'test',
    }),
    predictions: new Map([
      ['validation', validation],
      ['test', predictions],
    ]),
    model: undefined,
    madeAt: '2026-03-02T08:30:00.000Z',
    version: '0.1.0',
    ...overrides,
  };
}
