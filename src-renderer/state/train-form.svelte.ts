/**
 * The settings of a run to be: a preset of a model and what is changed over it, what is wrong with it, and the whole
 * configuration that it gives. Each field is judged by its own schema while it is typed; what fields mean together is asked of
 * the application.
 */

import { compareWithPreset } from '../../src-main/contract/config-differences.ts';
import { CONFIG_FIELDS, type ConfigField, type ConfigKey } from '../../src-main/contract/config-fields.ts';
import { isRelevant } from '../../src-main/contract/config-labels.ts';
import type { ModelInfo, Preset } from '../../src-main/contract/schema/catalogue.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import type { ExperimentChoice } from '../lib/experiment-address.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import { type FieldProblems, NONE, problemsOf, readField } from '../lib/field-problems.ts';

/** Own models are read from a file. */
export const OWN_MODEL = 'file';
const ASK_AFTER_MS = 150;

export class TrainForm {
  datasetId = $state<number | null>(null);
  name = $state('');
  #modelId = $state('');
  #preset = $state<Preset>('default');
  #fromRun = $state<number | null>(null);
  #typed = $state.raw<Readonly<Partial<Record<ConfigKey, string | boolean>>>>({});
  #config = $state.raw<TrainingConfig | null>(null);
  #isSettled = $state(false);
  #together = $state.raw<FieldProblems>({});
  #failure = $state.raw<Explanation | null>(null);
  #isStarting = $state(false);
  #asked = 0;
  #restored = 0;
  #timer = 0;
  readonly #api: Api;
  readonly #models: () => readonly ModelInfo[];

  constructor(api: Api, models: () => readonly ModelInfo[]) {
    this.#api = api;
    this.#models = models;
  }

  get modelId(): string {
    return this.#modelId;
  }

  get preset(): Preset {
    return this.#preset;
  }

  /** The run whose settings these were. */
  get fromRun(): number | null {
    return this.#fromRun;
  }

  get model(): ModelInfo | undefined {
    return this.#models().find(({ id }) => id === this.#modelId);
  }

  /** The preset alone: what a field that is not changed stands for. */
  readonly base = $derived.by((): TrainingConfig => {
    const settings = this.model?.presets[this.#preset] ?? {};
    return TrainingConfig.parse({ ...settings, model: this.#modelId || OWN_MODEL });
  });

  /** What is changed and has a part in the run, as values; those that are wrong are not among them. */
  readonly settings = $derived.by((): Record<string, unknown> => {
    const changed = CONFIG_FIELDS.flatMap((field): [string, unknown][] => {
      const typed = this.#typed[field.key];
      if (typed === undefined || !this.isRelevant(field)) return [];
      const read = readField(field, typed);
      return read.problem === undefined ? [[field.key, read.value]] : [];
    });
    return { model: this.#modelId, ...Object.fromEntries(changed) };
  });

  /** By each field alone. */
  readonly #apart = $derived.by((): FieldProblems => {
    const problems = CONFIG_FIELDS.flatMap((field): [ConfigKey, string][] => {
      const typed = this.#typed[field.key];
      const problem =
        typed === undefined || !this.isRelevant(field) ? undefined : readField(field, typed).problem;
      return problem === undefined ? [] : [[field.key, problem]];
    });
    return Object.fromEntries(problems);
  });

  /** What is wrong, by field; `form` for what belongs to none. */
  get problems(): FieldProblems {
    return { ...this.#together, ...this.#apart };
  }

  /** The whole configuration that the choice gives, or gave before it was changed into something wrong; null until there is one. */
  get config(): TrainingConfig | null {
    return this.#config;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  get isStarting(): boolean {
    return this.#isStarting;
  }

  get canStart(): boolean {
    return this.datasetId !== null && this.#isSettled && !this.#isStarting;
  }

  /** Whether `config` is what the present choice gives. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** How many settings are not the preset's. */
  get changes(): number {
    return Object.keys(this.settings).length - 1;
  }

  isRelevant({ key }: ConfigField): boolean {
    const choice = (of: 'optimiser' | 'schedule' | 'normalisation' | 'splitMethod' | 'loss') =>
      (this.#typed[of] ?? this.base[of]) as never;
    return isRelevant(key, {
      model: this.#modelId,
      optimiser: choice('optimiser'),
      schedule: choice('schedule'),
      normalisation: choice('normalisation'),
      splitMethod: choice('splitMethod'),
      loss: choice('loss'),
    });
  }

  /** What the field shows: as typed, else the preset's. */
  shown({ key, kind }: ConfigField): string | boolean {
    const typed = this.#typed[key];
    if (typed !== undefined) return typed;
    const value = this.base[key];
    if (typeof value === 'boolean') return value;
    return value === null ? (kind === 'text' ? '' : NONE) : String(value);
  }

  isChanged({ key }: ConfigField): boolean {
    return this.#typed[key] !== undefined;
  }

  /** Changes a setting; what is the preset's own value is no change. */
  type(field: ConfigField, typed: string | boolean): void {
    const read = readField(field, typed);
    const isOwn = read.problem === undefined && read.value === this.base[field.key];
    const { [field.key]: _before, ...rest } = this.#typed;
    this.#typed = isOwn ? rest : { ...rest, [field.key]: typed };
    this.#ask();
  }

  reset({ key }: ConfigField): void {
    const { [key]: _before, ...rest } = this.#typed;
    this.#typed = rest;
    this.#ask();
  }

  resetAll(): void {
    this.#typed = {};
    this.#fromRun = null;
    this.#ask();
  }

  /** Begins from another preset; changes that it has itself are none any more. */
  begin(modelId: string, preset: Preset): void {
    this.#modelId = modelId;
    this.#preset = modelId === OWN_MODEL ? 'default' : preset;
    const kept = CONFIG_FIELDS.flatMap((field): [ConfigKey, string | boolean][] => {
      const typed = this.#typed[field.key];
      if (typed === undefined) return [];
      const read = readField(field, typed);
      return read.problem === undefined && read.value === this.base[field.key] ? [] : [[field.key, typed]];
    });
    this.#typed = Object.fromEntries(kept);
    this.#ask();
  }

  get choice(): ExperimentChoice {
    const { datasetId, name } = this;
    return {
      datasetId,
      name,
      modelId: this.#modelId,
      preset: this.#preset,
      fromRun: this.#fromRun,
      typed: this.#typed,
    };
  }

  /** Takes over what an address says; of a run without settings, those of the run. @returns false where another address came meanwhile */
  async restore(choice: ExperimentChoice): Promise<boolean> {
    const restored = ++this.#restored;
    this.datasetId = choice.datasetId;
    this.name = choice.name;
    this.#fromRun = choice.fromRun;
    this.#typed = choice.typed;
    this.begin(choice.modelId, choice.preset);
    if (choice.fromRun !== null && choice.modelId === '') await this.#takeFrom(choice.fromRun, restored);
    return restored === this.#restored;
  }

  async #takeFrom(runId: number, restored: number): Promise<void> {
    try {
      const { run } = await this.#api.call('run.get', { id: runId });
      if (restored !== this.#restored) return;
      const model = this.#models().find(({ id }) => id === run.config.model);
      const { preset, differences } = compareWithPreset(run.config, model);
      this.datasetId = run.datasetId;
      this.#typed = Object.fromEntries(
        differences.map(({ field, value }) => [
          field.key,
          typeof value === 'boolean' ? value : value === null ? NONE : String(value),
        ]),
      );
      this.begin(run.config.model, preset ?? 'default');
    } catch (thrown) {
      if (restored === this.#restored)
        this.#failure = explain(thrown, 'The form begins with the usual settings.');
    }
  }

  /** Asks what the present choice gives, a moment after the last key. Answers that come late are dropped. */
  #ask(): void {
    const asked = ++this.#asked;
    this.#isSettled = false;
    clearTimeout(this.#timer);
    if (this.#modelId === '' || Object.keys(this.#apart).length > 0) return;
    this.#timer = window.setTimeout(() => void this.#resolve(asked), ASK_AFTER_MS);
  }

  async #resolve(asked: number): Promise<void> {
    const request = { preset: this.#preset, settings: this.settings };
    const [answer] = await Promise.allSettled([this.#api.call('run.resolve', request)]);
    if (asked !== this.#asked) return;
    this.#isSettled = answer.status === 'fulfilled';
    if (answer.status === 'fulfilled') this.#config = answer.value;
    this.#together = answer.status === 'fulfilled' ? {} : problemsOf(answer.reason);
  }

  /** @returns the run, queued; null when it was refused (`failure` says why). */
  async start(): Promise<RunRecord | null> {
    const { datasetId, settings } = this;
    if (datasetId === null) return null;
    this.#isStarting = true;
    this.#failure = null;
    try {
      const name = this.name.trim();
      const request = { datasetId, preset: this.#preset, settings };
      return await this.#api.call('run.start', name === '' ? request : { ...request, name });
    } catch (thrown) {
      this.#failure = explain(thrown, 'No run was started; the settings are as you left them.');
      return null;
    } finally {
      this.#isStarting = false;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }
}
