/** The settings of a run to be: what is chosen, what is wrong with it, and the whole configuration that it gives. */
import type { Preset } from '../../src-main/contract/schema/catalogue.ts';
import type { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import { type FieldProblems, NUMBER_FIELDS, type NumberField, problemsOf } from '../lib/field-problems.ts';

export class TrainForm {
  datasetId = $state<number | null>(null);
  modelId = $state('');
  preset = $state<Preset>('default');
  readonly typed = $state(
    Object.fromEntries(NUMBER_FIELDS.map((name) => [name, ''])) as Record<NumberField, string>,
  );
  /** The whole configuration; null while something is wrong. */
  config = $state.raw<TrainingConfig | null>(null);
  /** The preset alone: what the empty fields stand for. */
  presetConfig = $state.raw<TrainingConfig | null>(null);
  /** What is wrong, by field; `form` for what belongs to none. */
  problems = $state.raw<FieldProblems>({});
  failure = $state.raw<Explanation | null>(null);
  isStarting = $state(false);
  #asked = 0;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get canStart(): boolean {
    return this.datasetId !== null && this.config !== null && !this.isStarting;
  }

  /** Asks what the present choice gives. Answers that come late are dropped. */
  async resolve(): Promise<void> {
    if (!this.modelId) return;
    const asked = ++this.#asked;
    const { modelId: model, preset } = this;
    const settings = { model, ...this.#numbers() };
    const [presetConfig, config] = await Promise.allSettled([
      this.#api.call('run.resolve', { preset, settings: { model } }),
      this.#api.call('run.resolve', { preset, settings }),
    ]);
    if (asked !== this.#asked) return;
    this.presetConfig = presetConfig.status === 'fulfilled' ? presetConfig.value : null;
    this.config = config.status === 'fulfilled' ? config.value : null;
    this.problems = config.status === 'fulfilled' ? {} : problemsOf(config.reason);
  }

  /** @returns the run, queued; null when it was refused (`failure` says why). */
  async start(): Promise<RunRecord | null> {
    if (this.datasetId === null) return null;
    this.isStarting = true;
    this.failure = null;
    try {
      const settings = { model: this.modelId, ...this.#numbers() };
      return await this.#api.call('run.start', { datasetId: this.datasetId, preset: this.preset, settings });
    } catch (thrown) {
      this.failure = explain(thrown, 'No run was started; the settings are as you left them.');
      return null;
    } finally {
      this.isStarting = false;
    }
  }

  #numbers(): Record<string, number | string> {
    const filled = Object.entries(this.typed).filter(([, text]) => text.trim() !== '');
    return Object.fromEntries(
      filled.map(([name, text]) => [name, Number.isNaN(Number(text)) ? text : Number(text)]),
    );
  }
}
