/** A release of three classes as `release.fit` would give it, for tests of what is said by it. */
import { Release } from '../../src-main/contract/schema/release.ts';

const half = { value: 0.5, low: 0.4, high: 0.6 };

const conformal = (level: number, thresholds: readonly (number | null)[]) => ({
  level,
  marginal: { threshold: 0.7, lesions: 300 },
  byClass: thresholds.map((threshold, index) => ({
    threshold: threshold ?? 0.7,
    lesions: index === 2 ? 4 : 100,
    kind: threshold === null ? 'marginal' : 'class-conditional',
  })),
  onTest: {
    overall: { lesions: 600, coveredLesions: 545, share: half, meanSetSize: 1.8 },
    byClass: [
      { lesions: 66, coveredLesions: 60, share: half },
      { lesions: 500, coveredLesions: 455, share: half },
      { lesions: 0, coveredLesions: 0, share: { value: null, low: null, high: null } },
    ],
    setSizes: [200, 300, 100],
  },
});

const operating = (question: 'malignant' | 'melanoma', threshold: number, codes: string[]) => ({
  question,
  codes,
  targetSensitivity: 0.95,
  threshold,
  calibration: { positive: 100, negative: 200, sensitivity: 0.96, specificity: 0.6 },
  test: { positive: 130, negative: 470, sensitivity: half, specificity: half },
});

/** Melanoma, nevi and a malignant class with hardly any lesions. Temperature 2; a feature distance above 10 is outside. */
export function threeClassRelease(overrides: Record<string, unknown> = {}): Release {
  return Release.parse({
    formatVersion: 1,
    name: 'Sample',
    version: '1.0.0',
    intendedUse: 'Tests.',
    releasedAt: '2026-03-04T05:06:07.000Z',
    appVersion: '0.1.0',
    classes: [
      { code: 'mel', name: 'Melanoma', malignant: true },
      { code: 'nv', name: 'Melanocytic nevi', malignant: false },
      { code: 'bcc', name: 'Basal cell carcinoma', malignant: true },
    ],
    input: { widthPx: 16, heightPx: 12 },
    parameters: 1000,
    fit: {
      temperature: 2,
      reliability: {
        before: { ece: 0.1, brier: 0.4, logLoss: 0.9 },
        after: { ece: 0.03, brier: 0.38, logLoss: 0.8 },
      },
      conformal: [conformal(0.8, [0.6, 0.3, null]), conformal(0.9, [0.8, 0.5, null])],
      operating: [operating('malignant', 0.3, ['mel', 'bcc']), operating('melanoma', 0.25, ['mel'])],
      distance: {
        method: 'feature-distance',
        inside: 0.99,
        limit: 10,
        calibration: Array.from({ length: 101 }, (_, index) => index / 10),
        outsideOnTest: { value: 0.012, low: 0.005, high: 0.02 },
        featureCount: 8,
        whitenedMeans: 3,
      },
      parts: ['train', 'validation', 'calibration', 'test'].map((part) => ({
        part,
        images: 600,
        lesions: 500,
        classCounts: [100, 450, 50],
      })),
    },
    evidence: {
      modelId: 'mobile_net',
      settings: { epochs: 3 },
      dataset: { name: 'sample', hash: 'd'.repeat(64), layout: 'ham10000', images: 2400, synthetic: false },
      splitHash: 'e'.repeat(64),
      epochs: 3,
      bestEpoch: 2,
      trainedAt: '2026-03-04T04:00:00.000Z',
      codeVersion: null,
      library: null,
      device: 'cpu',
      validation: null,
      test: null,
      subgroups: [],
      warnings: [],
    },
    ...overrides,
  });
}
