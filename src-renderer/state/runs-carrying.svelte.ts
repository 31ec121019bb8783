/** Runs on their way into a file, or out of one: one way at a time, with its progress and what became of it. */
import { toFailure } from '../../src-main/contract/errors.ts';
import type { UnpackedRuns } from '../../src-main/contract/schema/history.ts';
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import type { Toasts } from '../components/ui/toasts.svelte.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';
import { formatBytes, formatCounted } from '../lib/format.ts';
import { choosePlace, downloadRunFile, handOver } from '../lib/run-files.ts';

export interface Carrying {
  readonly what: string;
  readonly progress: ItemProgress | null;
}

export class RunsCarrying {
  /** What is under way; null: nothing. */
  #current = $state.raw<Carrying | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  /** The file that was refused because some of its runs are here, and how many are not. */
  #rest = $state.raw<{ readonly file: File; readonly runs: number } | null>(null);
  #cancel: AbortController | null = null;
  readonly #api: Api;
  readonly #toasts: Toasts;
  readonly #stop: () => void;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    this.#stop = api.on('run.carrying', (progress) => {
      if (this.#current) this.#current = { ...this.#current, progress };
    });
  }

  get current(): Carrying | null {
    return this.#current;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** How many runs of the refused file could be taken all the same. */
  get rest(): number {
    return this.#rest?.runs ?? 0;
  }

  close(): void {
    this.cancel();
    this.#stop();
  }

  cancel(): void {
    this.#cancel?.abort();
  }

  async pack(ids: readonly number[]): Promise<void> {
    const place = await choosePlace(
      this.#api,
      `lesion-lab-runs-${new Date().toISOString().slice(0, 10)}.zip`,
    );
    if (place === undefined) return;
    const what = `Packing ${formatCounted(ids.length, 'run')}`;
    await this.#carry(what, 'The runs are as they were; no file was made.', async (signal) => {
      const packed = await this.#api.call('run.pack', { ids: [...ids], path: place }, { signal });
      if (packed.asset !== null) downloadRunFile(packed.asset);
      const where = packed.asset === null ? packed.path : 'It is among your downloads.';
      this.#toasts.show({
        title: `${formatCounted(ids.length, 'run')} exported`,
        text: `${formatBytes(packed.bytes)}. ${where}`,
      });
    });
  }

  async unpack(file: File): Promise<void> {
    await this.#unpack(file, false);
  }

  /** Takes what is not here yet of the file that was refused. */
  async unpackRest(): Promise<void> {
    if (this.#rest) await this.#unpack(this.#rest.file, true);
  }

  async #unpack(file: File, skipExisting: boolean): Promise<void> {
    this.#rest = null;
    await this.#carry(`Importing ${file.name}`, 'The history is as it was.', async (signal) => {
      const path = await handOver(file, signal);
      try {
        this.#tellUnpacked(await this.#api.call('run.unpack', { path, skipExisting }, { signal }));
      } catch (thrown) {
        const { details } = toFailure(thrown);
        if (typeof details?.others === 'number' && details.others > 0)
          this.#rest = { file, runs: details.others };
        throw thrown;
      }
    });
  }

  #tellUnpacked({ runs, skipped, absentDatasets }: UnpackedRuns): void {
    const notes = [
      skipped.length > 0 ? `${formatCounted(skipped.length, 'run')} of the file were here already.` : '',
      absentDatasets.length > 0
        ? 'Their images are not on this machine: add the same dataset to see them, or to resume.'
        : '',
    ];
    const [first] = runs;
    this.#toasts.show({
      title: `${formatCounted(runs.length, 'run')} imported`,
      text: notes.filter((note) => note !== '').join(' '),
      link: runs.length === 1 && first ? { word: 'Open', href: `#/runs/${first.id}` } : null,
    });
  }

  async #carry(what: string, kept: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#cancel = new AbortController();
    this.#failure = null;
    this.#current = { what, progress: null };
    try {
      await work(this.#cancel.signal);
    } catch (thrown) {
      if (!isCancelled(thrown)) this.#failure = explain(thrown, kept);
    } finally {
      this.#current = null;
      this.#cancel = null;
    }
  }
}
