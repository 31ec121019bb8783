/** Models, weights and the doctor's findings as text. Pure. */
import { CONFIG_FIELDS, type ConfigField } from '../../../contract/config-fields.ts';
import type { ModelInfo, WeightListing } from '../../../contract/schema/catalogue.ts';
import type { DoctorReport } from '../../../contract/schema/doctor.ts';
import { figure, setting, table } from './format.ts';

export function formatModels(models: readonly ModelInfo[]): string {
  return [
    table(
      ['id', 'title', 'ImageNet weights', 'published test acc.', 'val. acc.', 'epochs', 'made of'],
      models.map((model) => [
        model.id,
        model.title,
        model.weights === null ? 'not needed' : model.weights.folder === null ? 'missing' : 'present',
        figure(model.results?.testAccuracy, 2),
        figure(model.results?.validationAccuracy, 2),
        model.results ? String(model.results.epochs) : '-',
        model.summary,
      ]),
    ),
    'A model of your own: --model file --model-file FILE (a list of layers in JSON, or a Keras model).',
  ].join('\n\n');
}

/** The settings that one of a model's two presets makes, in the order of the options, as these spell them. */
export function formatModel({ id, title, paper, presets }: ModelInfo): string {
  const set = CONFIG_FIELDS.filter(
    ({ key }) => key !== 'model' && (key in presets.default || key in presets.published),
  );
  const value = (preset: ModelInfo['presets']['default'], { key, defaultValue }: ConfigField) =>
    setting(key in preset ? preset[key] : defaultValue);
  return [
    `${id}: ${title}${paper ? ` (${paper})` : ''}`,
    table(
      ['option', 'default', '--published'],
      set.map((field) => [`--${field.flag}`, value(presets.default, field), value(presets.published, field)]),
    ),
  ].join('\n\n');
}

export function formatWeights(weights: readonly WeightListing[]): string {
  const missing = weights.filter(({ folder, fetch }) => folder === null && fetch !== null);
  return [
    table(
      ['backbone', 'title', 'state', 'from'],
      weights.map(({ backbone, title, folder, importedFrom }) => [
        backbone,
        title,
        folder ? 'present' : 'missing',
        folder ? (importedFrom ?? 'bundled') : '',
      ]),
    ),
    ...missing.map(
      ({ title, fetch }) =>
        `${title}: fetch ${fetch?.address} on a connected machine, then "lab weights import ${fetch?.file}".`,
    ),
  ].join('\n\n');
}

const MARKS = { ok: 'ok     ', advice: 'advice ', problem: 'PROBLEM' } as const;

export function formatDoctor({ environment, deviceReason, findings }: DoctorReport): string {
  const device = environment ? `${environment.device} (${environment.deviceName})` : 'none';
  return [
    `Device: ${device}. ${deviceReason}`,
    ...findings.flatMap(({ severity, title, detail, remedy }) => [
      `${MARKS[severity]}  ${title}: ${detail}`,
      ...(remedy ? [`         ${remedy}`] : []),
    ]),
  ].join('\n');
}
