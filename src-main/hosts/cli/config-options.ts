/** Every key of the training configuration as an option, generated from the schema. Runs in the command line. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CONFIG_FIELDS, type ConfigField, parseFieldText } from '../../contract/config-fields.ts';
import { AppError } from '../../contract/errors.ts';
import type { Preset } from '../../contract/schema/catalogue.ts';
import { readJsonFile } from './json-file.ts';

/** Keys whose text is a path: made absolute, since the worker and a later resume have other working folders. */
const PATHS = ['modelFile', 'splitFile'];

export interface ConfigOptions {
  readonly config?: string;
}

export interface PresetOptions {
  readonly published?: boolean;
}

/** @param without keys that the command sets itself */
export function addConfigOptions(command: Command, without: readonly string[] = []): Command {
  command.option('--config <file>', 'JSON file with keys of the configuration; options go before it');
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

export function presetOf({ published }: PresetOptions): Preset {
  return published ? 'published' : 'default';
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

function placeholder({ kind, choices }: ConfigField): string {
  if (kind === 'choice') return choices.join('|');
  return [kind === 'text' ? 'text' : 'number', ...choices].join('|');
}

function defaultText({ key, defaultValue }: ConfigField): string {
  if (key === 'model') return '';
  return `default: ${defaultValue === null ? 'none' : defaultValue}`;
}

/**
 * What was given, file first, options over it.
 * @throws AppError `bad-input` (no JSON object), `not-found`
 */
export function readSettings(options: ConfigOptions & Record<string, unknown>): Record<string, unknown> {
  const given = CONFIG_FIELDS.filter(({ key }) => options[key] !== undefined).map(({ key }) => [
    key,
    options[key],
  ]);
  const settings: Record<string, unknown> = {
    ...(options.config === undefined ? {} : readConfigFile(options.config)),
    ...Object.fromEntries(given),
  };
  for (const key of PATHS) {
    if (typeof settings[key] === 'string') settings[key] = resolve(settings[key]);
  }
  if (settings.model === undefined && settings.modelFile !== undefined) settings.model = 'file';
  return settings;
}

function readConfigFile(file: string): Record<string, unknown> {
  const content = readJsonFile(file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new AppError('bad-input', `${file} must hold one JSON object with keys of the configuration.`);
  }
  return content as Record<string, unknown>;
}

/** Names keys as the options that a person typed. */
export function inFlags(message: string): string {
  return CONFIG_FIELDS.reduce((text, { key, flag }) => text.replaceAll(`"${key}"`, `--${flag}`), message);
}
