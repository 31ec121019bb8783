/** ImageNet weights that are there or missing, and a file of them that is being imported. */
import type { WeightListing, WeightsImport } from '../../src-main/contract/schema/catalogue.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';
import { handOver } from '../lib/run-files.ts';

export class Weights {
  /** Null until they are known. */
  #list = $state.raw<readonly WeightListing[] | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #importing = $state.raw<AbortController | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get list(): readonly WeightListing[] | null {
    return this.#list;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  get isImporting(): boolean {
    return this.#importing !== null;
  }

  async load(): Promise<void> {
    try {
      this.#list = await this.#api.call('weights.list', {});
    } catch (thrown) {
      this.#failure = explain(thrown, 'The weights are as they were.');
    }
  }

  /** @param source its path (a folder with model.json too), or the file itself. @returns null when it failed (`failure` says why) or was cancelled */
  async import(source: string | File): Promise<WeightsImport | null> {
    const cancel = new AbortController();
    this.#importing = cancel;
    this.#failure = null;
    try {
      const { signal } = cancel;
      const request =
        typeof source === 'string'
          ? { path: source }
          : { path: await handOver(source, signal), fileName: source.name };
      const imported = await this.#api.call('weights.import', request, { signal });
      await this.load();
      return imported;
    } catch (thrown) {
      if (!isCancelled(thrown))
        this.#failure = explain(thrown, 'Weights that were there before are unchanged.');
      return null;
    } finally {
      this.#importing = null;
    }
  }

  /** Takes imported weights away, so that those that come with Lesion Lab serve again. @throws what `weights.remove` throws */
  async remove(backbone: string): Promise<void> {
    this.#list = await this.#api.call('weights.remove', { backbone });
  }

  cancel(): void {
    this.#importing?.abort();
  }
}
