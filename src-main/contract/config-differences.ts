/** A configuration beside the preset that it began from: only what differs. Pure; runs in every process. */
import { CONFIG_FIELDS, type ConfigField } from './config-fields.ts';
import { type ModelInfo, PRESETS, type Preset } from './schema/catalogue.ts';
import { TrainingConfig } from './schema/config.ts';

export interface ConfigDifference {
  readonly field: ConfigField;
  readonly value: unknown;
  readonly presetValue: unknown;
}

export interface PresetComparison {
  /** The preset of the model that the configuration is nearest to; null: the product's defaults, of a model without presets. */
  readonly preset: Preset | null;
  readonly differences: readonly ConfigDifference[];
}

/** @param model of the configuration; undefined where it is read from a file, or no longer known */
export function compareWithPreset(config: TrainingConfig, model: ModelInfo | undefined): PresetComparison {
  const candidates = model
    ? PRESETS.map(
        (preset): PresetComparison => ({ preset, differences: differ(config, model.presets[preset]) }),
      )
    : [{ preset: null, differences: differ(config, {}) }];
  return candidates.reduce((best, next) => (next.differences.length < best.differences.length ? next : best));
}

function differ(config: TrainingConfig, settings: Readonly<Record<string, unknown>>): ConfigDifference[] {
  const base = TrainingConfig.parse({ ...settings, model: config.model });
  return CONFIG_FIELDS.flatMap((field) =>
    config[field.key] === base[field.key]
      ? []
      : [{ field, value: config[field.key], presetValue: base[field.key] }],
  );
}

/** A setting's value as a person reads it. */
export function configText(value: unknown): string {
  if (value === null || value === undefined) return 'the usual';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
