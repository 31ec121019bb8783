/** What a run with chosen cleaning rules and split would be made of: asked anew at each change, the question before let go. */
import type { DatasetCheck } from '../../src-main/contract/schema/job.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';

export class DatasetChecking {
  readonly #api: Api;
  readonly #id: number;
  #answer = $state.raw<DatasetCheck | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #isAsking = $state(false);
  #cancel = new AbortController();

  constructor(api: Api, id: number) {
    this.#api = api;
    this.#id = id;
  }

  /** The latest answer; while a new one is asked for, the one before. */
  get answer(): DatasetCheck | null {
    return this.#answer;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  async ask(settings: Readonly<Record<string, unknown>>): Promise<void> {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    this.#isAsking = true;
    try {
      const answer = await this.#api.call(
        'dataset.check',
        { id: this.#id, settings: { ...settings } },
        { signal },
      );
      if (signal.aborted) return;
      this.#answer = answer;
      this.#failure = null;
    } catch (thrown) {
      if (signal.aborted || isCancelled(thrown)) return;
      this.#failure = explain(thrown, 'The dataset is unchanged; no run was started.');
    } finally {
      if (!signal.aborted) this.#isAsking = false;
    }
  }

  stop(): void {
    this.#cancel.abort();
  }
}
