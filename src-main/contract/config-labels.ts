/**
 * A setting as a person reads it: its name, its unit, and whether it has a part in a run at all. Pure; runs in every process.
 */
import type { ConfigKey } from './config-fields.ts';
import type { TrainingConfig } from './schema/config.ts';

/** Where the key itself does not say it well. */
const NAMES: Partial<Record<ConfigKey, string>> = {
  modelFile: 'Model file',
  initialWeights: 'Start from',
  trainableLayers: 'Layers that train',
  headBatchNorm: 'Batch norm in the head',
  headL2: 'L2 penalty of the head',
  batchNormMomentum: 'Batch norm momentum',
  zScoreFit: 'Mean and deviation of',
  zScoreTest: 'Test part standardised by',
  dropMissing: 'Drop rows with an empty cell',
  dropAgeZero: 'Drop rows with age 0',
  dropUnknown: 'Drop rows with "unknown"',
  splitMethod: 'Split',
  trainFraction: 'Train part',
  validationFraction: 'Validation part',
  calibrationFraction: 'Calibration part',
  testFraction: 'Test part',
  fold: 'Test fold',
  beta1: 'Beta 1',
  beta2: 'Beta 2',
  warmupEpochs: 'Warm-up epochs',
  schedule: 'Schedule of the rate',
  plateauMonitor: 'Plateau of',
  monitor: 'Best epoch by',
  restoreBest: "Keep the best epoch's weights",
  rotationDegrees: 'Rotation',
  flipHorizontal: 'Flip left and right',
  flipVertical: 'Flip up and down',
  augmentationBank: 'Augmentation bank',
  intraOpThreads: 'Threads in an operation',
  interOpThreads: 'Operations at once',
  oneDnn: 'oneDNN kernels',
};

const UNITS: Partial<Record<ConfigKey, string>> = {
  imageWidthPx: 'px',
  imageHeightPx: 'px',
  batchSize: 'images',
  rotationDegrees: '± degrees',
  zoomFraction: '± fraction',
  shiftFraction: '± fraction of the side',
  augmentationBank: 'copies',
  trainFraction: 'fraction',
  validationFraction: 'fraction',
  calibrationFraction: 'fraction',
  testFraction: 'fraction',
  plateauPatience: 'epochs',
  earlyStoppingPatience: 'epochs',
  trainableLayers: 'layers',
  headDropout: 'fraction',
  labelSmoothing: 'fraction',
};

/** "Learning rate" */
export function labelOf(key: ConfigKey): string {
  const words = key.replace(/(Px|Fraction)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return NAMES[key] ?? words[0]!.toUpperCase() + words.slice(1);
}

/** "px"; empty for what has none. */
export function unitOf(key: ConfigKey): string {
  return UNITS[key] ?? '';
}

type Choices = Pick<
  TrainingConfig,
  'model' | 'optimiser' | 'schedule' | 'normalisation' | 'splitMethod' | 'loss'
>;

const FRACTIONS = ['trainFraction', 'validationFraction', 'calibrationFraction'] as const;

/** Settings that count only under one of some values of another. */
const NEEDS: readonly {
  readonly keys: readonly ConfigKey[];
  readonly of: keyof Choices;
  readonly values: readonly string[];
}[] = [
  { keys: ['modelFile'], of: 'model', values: ['file'] },
  { keys: ['momentum'], of: 'optimiser', values: ['sgd'] },
  { keys: ['beta1', 'beta2', 'epsilon'], of: 'optimiser', values: ['adam'] },
  { keys: ['plateauMonitor', 'plateauPatience', 'plateauFactor'], of: 'schedule', values: ['plateau'] },
  { keys: ['minimumLearningRate'], of: 'schedule', values: ['plateau', 'cosine'] },
  { keys: ['warmupEpochs'], of: 'schedule', values: ['cosine'] },
  { keys: ['zScoreFit', 'zScoreTest'], of: 'normalisation', values: ['z-score'] },
  { keys: FRACTIONS, of: 'splitMethod', values: ['lesion', 'k-fold'] },
  { keys: ['testFraction'], of: 'splitMethod', values: ['lesion'] },
  { keys: ['folds', 'fold'], of: 'splitMethod', values: ['k-fold'] },
  { keys: ['splitFile'], of: 'splitMethod', values: ['file'] },
  { keys: ['splitSeed'], of: 'splitMethod', values: ['lesion', 'image', 'k-fold'] },
  { keys: ['focalGamma'], of: 'loss', values: ['focal'] },
];

/** Whether a setting has a part in a run with these choices. */
export function isRelevant(key: ConfigKey, choices: Choices): boolean {
  return unmetNeed(key, choices) === null;
}

/** The setting of which these choices have another value than `key` counts under; null where `key` counts. */
export function unmetNeed(
  key: ConfigKey,
  choices: Choices,
): { readonly of: ConfigKey; readonly values: readonly string[] } | null {
  return NEEDS.find(({ keys, of, values }) => keys.includes(key) && !values.includes(choices[of])) ?? null;
}
