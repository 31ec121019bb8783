/** Every key of the training configuration as an option, generated from the schema. Runs in the command line. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CONFIG_FIELDS, type ConfigField, parseFieldText } from '../../contract/config-fields.ts';
import { unmetNeed } from '../../contract/config-labels.ts';
import { parseOrExplain } from '../../contract/describe-issues.ts';
import { AppError } from '../../contract/errors.ts';
import { Preset } from '../../contract/schema/catalogue.ts';
import type { TrainingConfig } from '../../contract/schema/config.ts';
import { readJsonFile } from './json-file.ts';

/** Keys whose text is a path: made absolute, since the worker and a later resume have other working folders. */
const PATHS = ['modelFile', 'splitFile'];

export interface ConfigOptions {
  readonly config?: string;
}

export interface PresetOptions {
  readonly published?: boolean;
}

/** What a run is asked for with: settings over a preset of its model. */
export interface GivenSettings {
  readonly preset: Preset;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** @param without keys that the command sets itself */
export function addConfigOptions(command: Command, without: readonly string[] = []): Command {
  command.option(
    '--config <file>',
    'JSON file with keys of the configuration, as "lab runs export" writes it; options go before it',
  );
  for (const field of CONFIG_FIELDS) {
    if (without.includes(field.key)) continue;
    for (const option of optionsOf(field)) command.addOption(option.helpGroup(`${field.group}:`));
  }
  return command.addHelpText(
    'after',
    '\nA model has settings of its own, which go before these defaults: "lab models MODEL" lists them.',
  );
}

export function addPresetOption(command: Command): Command {
  return command.option(
    '--published',
    "begin from the published experiment's settings instead of the product's defaults",
  );
}

function optionsOf(field: ConfigField): Option[] {
  const description = field.description.replace(/\bnull\b/g, 'none');
  const text = [description, defaultText(field)].filter((part) => part !== '').join('; ');
  if (field.kind === 'boolean') {
    return [new Option(`--${field.flag}`, text), new Option(`--no-${field.flag}`)];
  }
  const option = new Option(`--${field.flag} <${placeholder(field)}>`, text);
  return [option.argParser((typed: string) => parseFieldText(field, typed))];
}

function placeholder({ key, kind, choices }: ConfigField): string {
  if (PATHS.includes(key)) return 'file';
  if (kind === 'choice') return choices.join('|');
  return [kind === 'text' ? 'text' : 'number', ...choices].join('|');
}

function defaultText({ key, defaultValue }: ConfigField): string {
  if (key === 'model') return '';
  return `default: ${defaultValue === null ? 'none' : defaultValue}`;
}

/**
 * What was given, file first, options over it. Beside the keys of the configuration a file may name its `preset`.
 * @throws AppError `bad-input` (no JSON object, no such preset), `not-found`
 */
export function readSettings(
  options: ConfigOptions & PresetOptions & Record<string, unknown>,
): GivenSettings {
  const { preset, ...fromFile } = options.config === undefined ? {} : readConfigFile(options.config);
  const given = CONFIG_FIELDS.filter(({ key }) => options[key] !== undefined).map(({ key }) => [
    key,
    options[key],
  ]);
  const settings: Record<string, unknown> = {
    ...withImplied(fromFile),
    ...withImplied(Object.fromEntries(given)),
  };
  for (const key of PATHS) {
    if (typeof settings[key] === 'string') settings[key] = resolve(settings[key]);
  }
  const fromPreset = parseOrExplain(Preset.default('default'), preset, `The "preset" of ${options.config}`);
  return { preset: options.published ? 'published' : fromPreset, settings };
}

/** Settings that tell another one, where that is not given beside them: they would be left unread. */
const IMPLIED = [
  { keys: ['modelFile'], of: 'model', value: 'file' },
  { keys: ['splitFile'], of: 'splitMethod', value: 'file' },
  { keys: ['folds', 'fold'], of: 'splitMethod', value: 'k-fold' },
] as const;

function withImplied(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const implied = IMPLIED.filter(
    ({ keys, of }) => given[of] === undefined && keys.some((key) => (given[key] ?? null) !== null),
  );
  return { ...Object.fromEntries(implied.map(({ of, value }) => [of, value])), ...given };
}

/**
 * Refuses an option that was typed and has a part in none of the runs: it would be taken for one that has.
 * @throws AppError `bad-input` naming the option and what it belongs to
 */
export function requireEffect(
  options: Readonly<Record<string, unknown>>,
  configs: readonly TrainingConfig[],
): void {
  for (const { key, flag } of CONFIG_FIELDS) {
    if ((options[key] ?? null) === null) continue;
    const needs = configs.map((config) => unmetNeed(key, config));
    const [need] = needs;
    if (!need || needs.includes(null)) continue;
    throw new AppError(
      'bad-input',
      `--${flag} counts only where "${need.of}" is ${need.values.join(' or ')}, and it is ${configs[0]![need.of]}; give both or neither.`,
    );
  }
}

/**
 * A run's configuration as `--config` takes it. All keys are written out, so the preset matters for one alone: the published protocol's way
 * to standardise the test part is refused outside of it.
 */
export function configFileOf(config: TrainingConfig): { preset: Preset } & TrainingConfig {
  return { preset: config.zScoreTest === 'own' ? 'published' : 'default', ...config };
}

function readConfigFile(file: string): Record<string, unknown> {
  const content = readJsonFile(file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new AppError('bad-input', `${file} must hold one JSON object with keys of the configuration.`);
  }
  return content as Record<string, unknown>;
}

/** Names keys as the options that a person typed; one that is proposed for a key of a file stays a key. */
export function inFlags(message: string): string {
  return CONFIG_FIELDS.reduce(
    (text, { key, flag }) => text.replace(new RegExp(`(?<!did you mean )"${key}"`, 'g'), `--${flag}`),
    message,
  );
}
