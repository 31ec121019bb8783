/** What is in one dataset, loaded once for all of its tabs: gallery, problems, and the split that the gallery is looked at by. */
import type { DatasetGallery, DatasetProblem, Split } from '../../src-main/contract/schema/dataset.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain, isCancelled } from '../lib/explain.ts';
import { type Duplicates, findDuplicates } from './datasets-duplicates.ts';

const ALL_SHOWN = 'All images are still shown.';
const NO_SPLIT: Explanation = {
  what: 'This run has no split yet: it has not begun.',
  kept: ALL_SHOWN,
  next: 'Choose another split.',
};

/** A split to look at: none, that of a run, or the one that a new run would have. */
export type SplitChoice = '' | 'lesion' | 'image' | `run-${number}`;

export class DatasetContent {
  readonly id: number;
  readonly #api: Api;
  #gallery = $state.raw<DatasetGallery | null>(null);
  #problems = $state.raw<readonly DatasetProblem[]>([]);
  #duplicates = $state.raw<readonly Duplicates[]>([]);
  #failure = $state.raw<Explanation | null>(null);
  #split = $state.raw<Split | null>(null);
  #isSplitting = $state(false);
  #splitFailure = $state.raw<Explanation | null>(null);
  #splitChoice: SplitChoice = '';
  #cancel = new AbortController();

  constructor(api: Api, id: number) {
    this.#api = api;
    this.id = id;
  }

  /** Null until it is there. */
  get gallery(): DatasetGallery | null {
    return this.#gallery;
  }

  get problems(): readonly DatasetProblem[] {
    return this.#problems;
  }

  get duplicates(): readonly Duplicates[] {
    return this.#duplicates;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** Null while none is chosen or known. */
  get split(): Split | null {
    return this.#split;
  }

  get isSplitting(): boolean {
    return this.#isSplitting;
  }

  get splitFailure(): Explanation | null {
    return this.#splitFailure;
  }

  async load(): Promise<void> {
    try {
      const { id } = this;
      // at once: a gallery without its problems would look like one that has none
      const [gallery, problems] = await Promise.all([
        this.#api.call('dataset.gallery', { id }),
        this.#api.call('dataset.problems', { id }),
      ]);
      this.#gallery = gallery;
      this.#problems = problems;
      this.#duplicates = findDuplicates(problems, gallery);
      this.#failure = null;
    } catch (thrown) {
      this.#failure = explain(thrown, 'The dataset is unchanged.');
    }
  }

  /** Looks at the images by another split; the one before is let go at once. */
  async chooseSplit(choice: SplitChoice): Promise<void> {
    if (choice === this.#splitChoice) return;
    this.#cancel.abort();
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    this.#splitChoice = choice;
    this.#split = null;
    this.#splitFailure = null;
    this.#isSplitting = choice !== '';
    try {
      const split = choice === '' ? null : await this.#askSplit(choice, signal);
      if (signal.aborted) return;
      this.#split = split;
      if (choice !== '' && split === null) this.#splitFailure = NO_SPLIT;
    } catch (thrown) {
      if (!signal.aborted && !isCancelled(thrown)) {
        this.#splitFailure = explain(thrown, ALL_SHOWN);
      }
    } finally {
      if (!signal.aborted) this.#isSplitting = false;
    }
  }

  /** Lets go of what is still being asked. */
  stop(): void {
    this.#cancel.abort();
  }

  #askSplit(choice: Exclude<SplitChoice, ''>, signal: AbortSignal): Promise<Split | null> {
    if (choice === 'lesion' || choice === 'image') {
      const settings = { splitMethod: choice };
      return this.#api.call('dataset.split', { id: this.id, settings }, { signal });
    }
    return this.#api.call('run.split', { id: Number(choice.slice('run-'.length)) }, { signal });
  }
}
