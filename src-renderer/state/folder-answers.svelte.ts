/** A folder of pictures on its way into a CSV: one at a time, whatever screen is shown. */
import type { FolderOutcome } from '../../src-main/contract/release-api.ts';
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import type { Toasts } from '../components/ui/toasts.svelte.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';
import { outcomeWords } from '../lib/folder-words.ts';

export interface FolderQuestion {
  readonly model: string;
  readonly folder: string;
  readonly csv: string;
  readonly level: number;
}

export class FolderAnswers {
  #question = $state.raw<FolderQuestion | null>(null);
  #isRunning = $state.raw(false);
  #progress = $state.raw<ItemProgress | null>(null);
  #outcome = $state.raw<FolderOutcome | null>(null);
  #isCancelled = $state.raw(false);
  #failure = $state.raw<Explanation | null>(null);
  #cancel: AbortController | null = null;
  readonly #api: Api;
  readonly #toasts: Toasts;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    api.on('classify.progress', (progress) => {
      // another window may have a folder of its own on its way
      if (this.#isRunning && progress.csv === this.#question?.csv) this.#progress = progress;
    });
  }

  /** What is under way, or was last; null: nothing, or it was dismissed. */
  get question(): FolderQuestion | null {
    return this.#question;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get progress(): ItemProgress | null {
    return this.#progress;
  }

  /** Of the last one that came to its end. */
  get outcome(): FolderOutcome | null {
    return this.#outcome;
  }

  /** Whether the last one was ended by a person. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  cancel(): void {
    this.#cancel?.abort();
  }

  /** Forgets the last one and how it ended. */
  dismiss(): void {
    if (this.#isRunning) return;
    this.#question = null;
    this.#outcome = null;
    this.#failure = null;
    this.#isCancelled = false;
  }

  async start(question: FolderQuestion): Promise<void> {
    if (this.#isRunning) return;
    this.dismiss();
    this.#progress = null;
    this.#question = question;
    this.#isRunning = true;
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    try {
      this.#outcome = await this.#api.call('classify.folder', { ...question }, { signal });
      this.#tell(this.#outcome);
    } catch (thrown) {
      this.#isCancelled = isCancelled(thrown);
      if (!this.#isCancelled) this.#failure = explain(thrown, 'What was answered before is kept in the CSV.');
    } finally {
      this.#isRunning = false;
      this.#cancel = null;
    }
  }

  /** To a person who is elsewhere. */
  #tell(outcome: FolderOutcome): void {
    if (location.hash.startsWith('#/classify')) return;
    this.#toasts.show({
      title: 'The folder is classified',
      text: outcomeWords(outcome)[0] ?? '',
      link: { word: 'Open', href: '#/classify' },
    });
  }
}
