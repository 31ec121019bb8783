/** All that the screens share, made once for a connection and handed down by context. */
import { createContext } from 'svelte';
import { Toasts } from '../components/ui/toasts.svelte.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import { announceEnds } from './announce-ends.ts';
import { CaseStore } from './case-store.svelte.ts';
import { Datasets } from './datasets.svelte.ts';
import { FolderAnswers } from './folder-answers.svelte.ts';
import { Machine } from './machine.svelte.ts';
import { Models } from './models.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { Router } from './router.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { Weights } from './weights.svelte.ts';

export class Workspace {
  readonly router = new Router();
  readonly api: Api;
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly queue: Queue;
  readonly models: Models;
  readonly preferences: Preferences;
  readonly machine: Machine;
  readonly weights: Weights;
  readonly caseStore: CaseStore;
  readonly toasts = new Toasts();
  readonly folderAnswers: FolderAnswers;
  #isLost = $state(false);
  #unexpected = $state.raw<Explanation | null>(null);

  constructor(api: Api) {
    this.api = api;
    this.datasets = new Datasets(api);
    this.runs = new Runs(api);
    this.queue = new Queue(api);
    this.models = new Models(api);
    this.preferences = new Preferences(api);
    this.machine = new Machine(api);
    this.weights = new Weights(api);
    this.caseStore = new CaseStore(api);
    this.folderAnswers = new FolderAnswers(api, this.toasts);
    announceEnds(api, this.toasts);
    api.onClose(() => {
      this.#isLost = true;
    });
    addEventListener('unhandledrejection', (event) => {
      event.preventDefault();
      if (!this.#isLost) this.#unexpected = explain(event.reason, 'What was saved is kept.');
    });
  }

  /** Whether the application has gone away. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** A failure that no screen has shown, such as a question that went unanswered. */
  get unexpected(): Explanation | null {
    return this.#unexpected;
  }

  /** What must be known before the first screen; what takes longer follows by itself, one after the other. */
  async load(): Promise<void> {
    await Promise.all([this.preferences.load(), this.datasets.load(), this.runs.load(), this.queue.load()]);
    void this.models.load().finally(() => this.machine.load());
  }
}

export const [useWorkspace, provideWorkspace] = createContext<Workspace>();
