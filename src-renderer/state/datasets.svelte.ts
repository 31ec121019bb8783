/** The imported datasets, and the import that is under way. */
import type { DatasetSummary } from '../../src-main/contract/schema/dataset.ts';
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';

export class Datasets {
  /** Null until they are known. */
  #list = $state.raw<readonly DatasetSummary[] | null>(null);
  #importing = $state.raw<{ readonly what: string; readonly progress: ItemProgress | null } | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #cancel: AbortController | null = null;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('dataset.changed', () => void this.load());
    api.on('dataset.progress', (progress) => {
      if (this.#importing) this.#importing = { ...this.#importing, progress };
    });
  }

  get list(): readonly DatasetSummary[] | null {
    return this.#list;
  }

  get importing() {
    return this.#importing;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  find(id: number | null): DatasetSummary | undefined {
    return this.#list?.find((dataset) => dataset.id === id);
  }

  async load(): Promise<void> {
    this.#list = await this.#api.call('dataset.list', {});
  }

  /** @returns the new dataset, or null when the import failed (`failure` says why) or was cancelled. */
  importFolder(root: string): Promise<DatasetSummary | null> {
    return this.#import(`Reading ${root}`, async (signal) => {
      const { dataset } = await this.#api.call('dataset.import', { root }, { signal });
      return dataset;
    });
  }

  importDemo(): Promise<DatasetSummary | null> {
    return this.#import('Drawing the demo images', (signal) =>
      this.#api.call('dataset.import-synthetic', {}, { signal }),
    );
  }

  cancelImport(): void {
    this.#cancel?.abort();
  }

  async #import(
    what: string,
    job: (signal: AbortSignal) => Promise<DatasetSummary>,
  ): Promise<DatasetSummary | null> {
    const cancel = new AbortController();
    this.#cancel = cancel;
    this.#failure = null;
    this.#importing = { what, progress: null };
    try {
      const dataset = await job(cancel.signal);
      await this.load();
      return dataset;
    } catch (thrown) {
      if (!isCancelled(thrown)) {
        this.#failure = explain(
          thrown,
          'Nothing was imported; datasets that were there before are unchanged.',
        );
      }
      return null;
    } finally {
      this.#importing = null;
      this.#cancel = null;
    }
  }
}
