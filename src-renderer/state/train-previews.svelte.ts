/** What is shown of a run before it begins: its speed, and augmented images. Asked for at each change; late answers are dropped. */
import type { Preset } from '../../src-main/contract/schema/catalogue.ts';
import type { AugmentedImage, RunSpeed } from '../../src-main/contract/schema/experiment.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';

export interface PlannedRun {
  readonly datasetId: number;
  readonly preset: Preset;
  readonly settings: Record<string, unknown>;
}

/** One question at a time: a new one lets go of the one before. */
class Question {
  isAsking = $state(false);
  failure = $state.raw<Explanation | null>(null);
  #cancel = new AbortController();

  /** @returns null when it was let go, or failed (`failure` says why). */
  async ask<T>(answer: (signal: AbortSignal) => Promise<T>, kept: string): Promise<T | null> {
    this.stop();
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    this.isAsking = true;
    this.failure = null;
    try {
      const given = await answer(signal);
      return signal.aborted ? null : given;
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) this.failure = explain(thrown, kept);
      return null;
    } finally {
      if (!signal.aborted) this.isAsking = false;
    }
  }

  stop(): void {
    this.#cancel.abort();
    this.isAsking = false;
  }
}

export class SpeedPreview {
  readonly measuring = new Question();
  readonly #looking = new Question();
  #speed = $state.raw<RunSpeed | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get failure(): Explanation | null {
    return this.measuring.failure ?? this.#looking.failure;
  }

  /** Null while nothing is known. */
  get speed(): RunSpeed | null {
    return this.#speed;
  }

  /** Looks whether earlier runs tell; what was measured for other settings is forgotten. */
  async look({ preset, settings }: PlannedRun): Promise<void> {
    this.measuring.stop();
    this.measuring.failure = null;
    this.#speed = await this.#looking.ask(
      (signal) => this.#api.call('experiment.speed', { preset, settings }, { signal }),
      'The settings are as you left them; the run can be started all the same.',
    );
  }

  async measure(planned: PlannedRun): Promise<void> {
    const measured = await this.measuring.ask(
      (signal) => this.#api.call('experiment.measure', planned, { signal }),
      'Nothing was started; the settings are as you left them.',
    );
    if (measured) this.#speed = measured;
  }

  stop(): void {
    this.measuring.stop();
    this.#looking.stop();
  }
}

export class AugmentationPreview {
  readonly drawing = new Question();
  #images = $state.raw<readonly AugmentedImage[]>([]);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get images(): readonly AugmentedImage[] {
    return this.#images;
  }

  async draw(planned: PlannedRun, draw: number): Promise<void> {
    const drawn = await this.drawing.ask(
      (signal) =>
        this.#api.call('experiment.augment', { ...planned, images: 3, versions: 5, draw }, { signal }),
      'The settings are as you left them.',
    );
    if (drawn) this.#images = drawn;
  }
}
