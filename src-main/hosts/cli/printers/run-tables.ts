/** A run's epochs, split and predictions as CSV tables. Pure. */

import { csv } from '../../../app/csv.ts';
import type { ClassInfo, Split } from '../../../contract/schema/dataset.ts';
import { SPLIT_PARTS } from '../../../contract/schema/dataset.ts';
import type { Prediction } from '../../../contract/schema/evaluation.ts';
import type { EpochRecord } from '../../../contract/schema/run.ts';

export function epochTable(epochs: readonly EpochRecord[]): string {
  const head = [
    'epoch',
    'train_loss',
    'train_accuracy',
    'train_balanced_accuracy',
    'validation_loss',
    'validation_accuracy',
    'validation_balanced_accuracy',
    'learning_rate',
    'images_per_second',
    'elapsed_ms',
    'best',
  ];
  const rows = epochs.map((epoch) => [
    epoch.epoch,
    epoch.train.loss,
    epoch.train.accuracy,
    epoch.train.balancedAccuracy,
    epoch.validation?.loss,
    epoch.validation?.accuracy,
    epoch.validation?.balancedAccuracy,
    epoch.learningRate,
    epoch.imagesPerSecond,
    epoch.elapsedMs,
    epoch.best ? 1 : 0,
  ]);
  return csv([head, ...rows.map((row) => row.map(cell))]);
}

/** Can be given to a later run as `--split-method file --split-file`. */
export function splitTable(split: Split): string {
  return csv([['image_id', 'part'], ...SPLIT_PARTS.flatMap((part) => split[part].map((id) => [id, part]))]);
}

export function predictionTable(classes: readonly ClassInfo[], predictions: readonly Prediction[]): string {
  const codes = classes.map(({ code }) => code);
  return csv([
    ['image_id', 'lesion_id', 'true', ...codes.map((code) => `p_${code}`)],
    ...predictions.map(({ imageId, lesionId, trueClass, probabilities }) => [
      imageId,
      lesionId,
      trueClass === null ? '' : (codes[trueClass] ?? ''),
      ...probabilities.map(String),
    ]),
  ]);
}

function cell(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
