/** Preset + a person's settings → the whole configuration of a run, or what is wrong with them. Pure; used by the host. */
import { parseOrExplain } from '../contract/describe-issues.ts';
import { AppError, nearestName } from '../contract/errors.ts';
import type { ModelInfo, Preset } from '../contract/schema/catalogue.ts';
import { PUBLISHED_FRACTIONS, TrainingConfig } from '../contract/schema/config.ts';
import { JOB_COMPUTE } from './worker-environment.ts';

/** A model that is read from a file has no preset. */
const OWN_MODEL = 'file';
const OWN_DEFAULTS = { intraOpThreads: JOB_COMPUTE.intraOpThreads };

/**
 * @throws AppError `not-found` (no such model, with the nearest id), `bad-input` (each key that is wrong, with the nearest name
 * for one that does not exist).
 */
export function resolveConfig(
  models: readonly ModelInfo[],
  { preset, settings }: { preset: Preset; settings: Readonly<Record<string, unknown>> },
): TrainingConfig {
  const model = findModel(models, settings.model);
  const chosen: Record<string, unknown> = { ...(model?.presets[preset] ?? OWN_DEFAULTS), ...settings };
  const config = parseOrExplain(
    TrainingConfig,
    chosen.splitMethod === 'image' ? { ...chosen, ...PUBLISHED_FRACTIONS, ...settings } : chosen,
    'The training configuration',
    Object.keys(TrainingConfig.shape),
  );
  requireFitting(config, model, preset);
  return config;
}

/** @returns null for a model from a file. @throws AppError `not-found`, `bad-input` */
function findModel(models: readonly ModelInfo[], id: unknown): ModelInfo | null {
  const ids = models.map((model) => model.id);
  if (typeof id !== 'string' || id === '') {
    throw new AppError(
      'bad-input',
      `A run needs a model: one of ${ids.join(', ')}, or "${OWN_MODEL}" with a model file.`,
    );
  }
  if (id === OWN_MODEL) return null;
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const near = nearestName(id, [...ids, OWN_MODEL]);
  throw new AppError(
    'not-found',
    `There is no model "${id}"${near ? `; did you mean "${near}"?` : '.'} Known are ${ids.join(', ')}, and "${OWN_MODEL}" with a model file.`,
  );
}

/** What no single key shows: keys that need or exclude one another. Told by the key at which it can be put right. */
function requireFitting(config: TrainingConfig, model: ModelInfo | null, preset: Preset): void {
  const smallest = Math.min(config.imageWidthPx, config.imageHeightPx);
  const rules: readonly (readonly [keyof TrainingConfig, string | null])[] = [
    ['testFraction', fractionsProblem(config)],
    [
      'model',
      model === null && preset === 'published'
        ? `The model "${OWN_MODEL}" has no published settings; leave the published preset out (--published), or give its settings one by one.`
        : null,
    ],
    [
      'zScoreTest',
      config.zScoreTest === 'own' && preset !== 'published'
        ? 'Only the published preset standardises the test part by its own figures, which a model in use does not have; leave "zScoreTest" at "train", or begin from the published preset (--published).'
        : null,
    ],
    [
      'fold',
      config.splitMethod === 'k-fold' && config.fold >= config.folds
        ? `"fold" counts from 0, so it must be below "folds" (${config.folds}); received ${config.fold}.`
        : null,
    ],
    [
      'splitFile',
      config.splitMethod === 'file' && config.splitFile === null
        ? 'A split from a file needs "splitFile": a CSV with the columns image_id and part.'
        : null,
    ],
    [
      'modelFile',
      config.model === OWN_MODEL && config.modelFile === null
        ? `The model "${OWN_MODEL}" needs "modelFile": a layer list (JSON) or a Keras model.`
        : null,
    ],
    [
      smallest === config.imageWidthPx ? 'imageWidthPx' : 'imageHeightPx',
      model && smallest < model.minimumSizePx
        ? `Model "${model.id}" needs images of at least ${model.minimumSizePx} x ${model.minimumSizePx} pixels; received ${config.imageWidthPx} x ${config.imageHeightPx}.`
        : null,
    ],
  ];
  const issues = rules.flatMap(([key, message]) => (message === null ? [] : [{ path: [key], message }]));
  if (issues.length === 0) return;
  throw new AppError('bad-input', issues.map(({ message }) => message).join(' '), { details: { issues } });
}

function fractionsProblem(config: TrainingConfig): string | null {
  const keys = Object.keys(PUBLISHED_FRACTIONS) as (keyof typeof PUBLISHED_FRACTIONS)[];
  if (config.splitMethod === 'image') {
    return keys.every((key) => config[key] === PUBLISHED_FRACTIONS[key])
      ? null
      : 'The split by image is the published protocol, 67.5 % train, 7.5 % validation, 25 % test; leave its fractions out, or split by lesion.';
  }
  const total = keys.reduce((sum, key) => sum + config[key], 0);
  return config.splitMethod === 'lesion' && Math.abs(total - 1) > 1e-6
    ? `The fractions of train, validation, calibration and test must sum to 1; they sum to ${Number(total.toFixed(6))}.`
    : null;
}
