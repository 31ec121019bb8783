/**
 * The settings of a run to be, as they stand in the address of their screen: so they survive a reload, and a link can carry them.
 * Pure. `model`, `preset`, `dataset`, `name` and `from` (the run that they were taken from) beside the settings that were changed.
 */
import type { ConfigKey } from '../../src-main/contract/config-fields.ts';
import type { Preset } from '../../src-main/contract/schema/catalogue.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';

/** As typed: text, or true and false of a switch. */
export type Typed = Readonly<Partial<Record<ConfigKey, string | boolean>>>;

export interface ExperimentChoice {
  readonly datasetId: number | null;
  readonly modelId: string;
  readonly preset: Preset;
  readonly name: string;
  readonly fromRun: number | null;
  readonly typed: Typed;
}

const KEYS = Object.keys(TrainingConfig.shape).filter((key) => key !== 'model') as ConfigKey[];

const idOf = (text: string | null) => (text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null);

export function readExperiment(query: URLSearchParams): ExperimentChoice {
  const typed = KEYS.flatMap((key): [ConfigKey, string | boolean][] => {
    const text = query.get(key);
    if (text === null) return [];
    return [[key, text === 'true' || (text === 'false' ? false : text)]];
  });
  return {
    datasetId: idOf(query.get('dataset')),
    modelId: query.get('model') ?? '',
    preset: query.get('preset') === 'published' ? 'published' : 'default',
    name: query.get('name') ?? '',
    fromRun: idOf(query.get('from')),
    typed: Object.fromEntries(typed),
  };
}

/** What the address is to remember; null forgets a key. */
export function writeExperiment(choice: ExperimentChoice): Record<string, string | null> {
  const typed = KEYS.map((key) => [key, choice.typed[key] === undefined ? null : String(choice.typed[key])]);
  return {
    ...Object.fromEntries(typed),
    dataset: choice.datasetId === null ? null : String(choice.datasetId),
    model: choice.modelId || null,
    preset: choice.preset === 'default' ? null : choice.preset,
    name: choice.name || null,
    from: choice.fromRun === null ? null : String(choice.fromRun),
  };
}
