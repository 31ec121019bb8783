/** The imported datasets, and the imports that are under way, whichever window began them. */
import type { ApiContract } from '../../src-main/contract/api.ts';
import { type AppError, fromFailure } from '../../src-main/contract/errors.ts';
import type { DatasetSummary } from '../../src-main/contract/schema/dataset.ts';
import type { DatasetImport } from '../../src-main/contract/schema/job.ts';
import type { EventPayload } from '../../src-main/contract/wire.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

type Ended = EventPayload<ApiContract, 'dataset.import-ended'>;

export interface Imported {
  readonly dataset: DatasetSummary;
  /** False where the same content had been imported from there before. */
  readonly created: boolean;
}

export class Datasets {
  /** Null until they are known. */
  #list = $state.raw<readonly DatasetSummary[] | null>(null);
  #imports = $state.raw<readonly DatasetImport[]>([]);
  #failure = $state.raw<Explanation | null>(null);
  /** Imports that this window began, by folder: told how they end. */
  readonly #waiting = new Map<string, (ended: Ended) => void>();
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('dataset.changed', () => void this.#reload());
    api.on('dataset.import-started', (started) => {
      this.#imports = [...this.#imports.filter(({ root }) => root !== started.root), started];
    });
    api.on('dataset.progress', ({ root, ...progress }) => {
      this.#imports = this.#imports.map((each) => (each.root === root ? { ...each, progress } : each));
    });
    api.on('dataset.import-ended', (ended) => void this.#end(ended));
  }

  get list(): readonly DatasetSummary[] | null {
    return this.#list;
  }

  get imports(): readonly DatasetImport[] {
    return this.#imports;
  }

  /** The first of them, in words for the status bar. */
  get importing() {
    const [first] = this.#imports;
    return first ? { what: importWords(first), progress: first.progress } : null;
  }

  /** Why an import ended without a dataset, of one that nobody in this window waits for. */
  get failure(): Explanation | null {
    return this.#failure;
  }

  find(id: number | null): DatasetSummary | undefined {
    return this.#list?.find((dataset) => dataset.id === id);
  }

  async load(): Promise<void> {
    const [list, imports] = await Promise.all([
      this.#api.call('dataset.list', {}),
      this.#api.call('dataset.imports', {}),
    ]);
    this.#list = list;
    this.#imports = imports;
  }

  /**
   * Begins an import and waits for it. @param root null: the demo images
   * @returns the dataset, or null when it was cancelled. @throws AppError why there is none
   */
  async import(root: string | null, name?: string): Promise<Imported | null> {
    this.#failure = null;
    const started = await this.#api.call('dataset.start-import', name ? { root, name } : { root });
    const ended = await new Promise<Ended>((resolve) => this.#waiting.set(started.root, resolve));
    const failure = failureOf(ended);
    if (failure) throw failure;
    return ended.dataset && { dataset: ended.dataset, created: ended.created };
  }

  /** The same for an import that no dialog waits for: its failure is shown on the screen. */
  async importAndTell(root: string | null): Promise<Imported | null> {
    try {
      return await this.import(root);
    } catch (thrown) {
      this.#failure = explain(thrown, NOTHING_IMPORTED);
      return null;
    }
  }

  async cancelImport(root: string): Promise<void> {
    await this.#api.call('dataset.cancel-import', { root });
  }

  dismissFailure(): void {
    this.#failure = null;
  }

  async #reload(): Promise<void> {
    this.#list = await this.#api.call('dataset.list', {});
  }

  async #end(ended: Ended): Promise<void> {
    this.#imports = this.#imports.filter(({ root }) => root !== ended.root);
    if (ended.dataset) await this.#reload();
    const tell = this.#waiting.get(ended.root);
    this.#waiting.delete(ended.root);
    if (tell) return tell(ended);
    const failure = failureOf(ended);
    if (failure) this.#failure = explain(failure, NOTHING_IMPORTED);
  }
}

export const NOTHING_IMPORTED = 'Nothing was imported; datasets that were there before are unchanged.';

/** Null for an import that was cancelled: nothing to report. */
function failureOf({ failure }: Ended): AppError | null {
  if (!failure || failure.code === 'cancelled') return null;
  return fromFailure({ code: failure.code, message: failure.message });
}

/** "Reading /data/ham10000"; the demo images are drawn first, then read. */
export function importWords({ root, synthetic, progress }: DatasetImport): string {
  if (synthetic) return 'Making the demo images';
  if (progress && progress.total > 0 && progress.done === progress.total) return 'Looking for duplicates';
  return `Reading ${root}`;
}
