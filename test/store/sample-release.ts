/** A small, valid release of the sample dataset, and a network that can be saved. */
import type { Network } from '../../src-main/contract/schema/network.ts';
import { type Release, type ReleaseFit, ReleaseText } from '../../src-main/contract/schema/release.ts';
import type { Environment } from '../../src-main/contract/schema/run.ts';
import { saveModelFolder } from '../../src-main/models/model-folder.ts';
import { sampleConfig, sampleManifest, sampleReport } from './samples.ts';

const share = (value: number) => ({ value, low: value - 0.1, high: value + 0.05 });

export function sampleFit(): ReleaseFit {
  const part = (name: ReleaseFit['parts'][number]['part'], images: number) => ({
    part: name,
    images,
    lesions: images,
    classCounts: [1, images - 1],
  });
  return {
    temperature: 1.25,
    reliability: {
      before: { ece: 0.11, brier: 0.31, logLoss: 0.61 },
      after: { ece: 0.07, brier: 0.29, logLoss: 0.55 },
    },
    conformal: [0.8, 0.9, 0.95].map((level) => ({
      level,
      marginal: { threshold: 0.6, lesions: 40 },
      byClass: [
        { threshold: 0.6, lesions: 5, kind: 'marginal' as const },
        { threshold: 0.5, lesions: 35, kind: 'class-conditional' as const },
      ],
      onTest: {
        overall: { lesions: 80, coveredLesions: 73, share: share(0.91), meanSetSize: 1.4 },
        byClass: [
          { lesions: 23, coveredLesions: 21, share: share(0.913) },
          { lesions: 57, coveredLesions: 52, share: share(0.912) },
        ],
        setSizes: [48, 32],
      },
    })),
    operating: [
      {
        question: 'melanoma',
        codes: ['mel'],
        targetSensitivity: 0.9,
        threshold: 0.1234,
        calibration: { positive: 5, negative: 35, sensitivity: 1, specificity: 0.6 },
        test: { positive: 23, negative: 57, sensitivity: share(0.87), specificity: share(0.63) },
      },
    ],
    distance: {
      method: 'feature-distance',
      inside: 0.99,
      limit: 12.5,
      calibration: Array.from({ length: 101 }, (_, percent) => percent / 10),
      outsideOnTest: share(0.125),
      featureCount: 4,
      whitenedMeans: 2,
    },
    parts: [part('train', 20), part('validation', 10), part('calibration', 40), part('test', 80)],
  };
}

export function sampleRelease(overrides: Partial<Release> = {}): Release {
  const { parts } = sampleReport({ test: 0.7, validation: 0.6 });
  return {
    ...ReleaseText.parse({ name: 'Sample', version: '1.0.0', intendedUse: 'Teaching of students.' }),
    formatVersion: 1,
    releasedAt: '2026-03-01T10:00:00.000Z',
    appVersion: '0.1.0',
    classes: sampleManifest().classes,
    input: { widthPx: 5, heightPx: 4 },
    parameters: 250,
    fit: sampleFit(),
    evidence: {
      modelId: 'cnn1',
      settings: { splitMethod: 'lesion', seed: 123, classWeights: 'sqrt-inverse' },
      dataset: {
        name: 'sample',
        hash: sampleManifest().hash,
        layout: 'ham10000',
        images: 10,
        synthetic: false,
      },
      splitHash: 'f'.repeat(64),
      epochs: 3,
      bestEpoch: 2,
      trainedAt: '2026-02-28T10:00:00.000Z',
      codeVersion: 'abc1234',
      library: 'TensorFlow 2.21',
      device: 'CPU',
      validation: parts[1]!,
      test: parts[0]!,
      subgroups: [],
      warnings: [],
    },
    ...overrides,
  };
}

/** Two classes from a picture of 5 x 4 pixels. */
export const sampleNetwork: Network = {
  layers: [
    { type: 'input', name: 'input', height: 4, width: 5, channels: 3 },
    { type: 'flatten', name: 'flatten' },
    {
      type: 'dense',
      name: 'hidden',
      units: 4,
      useBias: false,
      activation: 'relu',
      initialiser: 'glorot-uniform',
      l2: 0,
    },
    {
      type: 'dense',
      name: 'answer',
      units: 2,
      useBias: true,
      activation: 'softmax',
      initialiser: 'glorot-uniform',
      l2: 0,
    },
  ],
  backboneLayerCount: 0,
};

/** As a run saves it, with all that it knows of the machine. */
export function saveSampleModel(
  folder: string,
  known: { modelFile?: string; splitFile?: string; environment?: Partial<Environment> } = {},
): Promise<void> {
  const { environment, ...files } = known;
  const array = (shape: number[]) => ({
    shape,
    values: new Float32Array(shape.reduce((size, side) => size * side, 1)).fill(0.25),
  });
  return saveModelFolder(folder, {
    network: sampleNetwork,
    weights: new Map([
      ['hidden/kernel', array([60, 4])],
      ['answer/kernel', array([4, 2])],
      ['answer/bias', array([2])],
    ]),
    metadata: {
      config: sampleConfig({ ...files }),
      recipe: {
        widthPx: 5,
        heightPx: 4,
        channels: 'rgb',
        kernel: 'cubic',
        fit: 'fill',
        orientation: 'exif',
        colourSpace: 'srgb',
        mean: [0, 0, 0],
        deviation: [255, 255, 255],
      },
      classes: sampleManifest().classes,
      datasetHash: sampleManifest().hash,
      splitHash: 'f'.repeat(64),
      environment: {
        appVersion: '0.1.0',
        codeVersion: null,
        nodeVersion: 'v24.0.0',
        tensorflowVersion: '2.21',
        tfjsVersion: '4.22.0',
        platform: 'linux 6.1 x64',
        processor: 'Processor of the Secret Machine',
        device: 'cpu',
        deviceName: 'Secret Machine',
        intraOpThreads: 2,
        interOpThreads: 1,
        ...environment,
      },
      report: sampleReport({ test: 0.7, validation: 0.6 }),
    },
  });
}
