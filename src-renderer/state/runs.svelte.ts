/** The history of runs, and how the one that is training gets on. */
import type { RunRecord, RunSummary } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import type { Activity } from '../lib/progress-words.ts';

const NOTHING_HEARD: Activity = { progress: null, preparing: null };

export class Runs {
  /** Null until they are known. */
  #list = $state.raw<readonly RunSummary[] | null>(null);
  #activity = $state.raw<{ readonly id: number; readonly heard: Activity } | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('run.changed', ({ run }) => {
      if (run.status !== 'running' && this.#activity?.id === run.id) this.#activity = null;
      void this.load();
    });
    api.on('run.deleted', () => void this.load());
    api.on('run.progress', ({ id, progress }) => {
      this.#activity = { id, heard: { ...NOTHING_HEARD, progress } };
    });
    api.on('run.preparing', ({ id, ...preparing }) => {
      this.#activity = { id, heard: { ...NOTHING_HEARD, preparing } };
    });
  }

  get list(): readonly RunSummary[] | null {
    return this.#list;
  }

  /** The run that is training. */
  get active(): RunSummary | undefined {
    return this.#list?.find(({ status }) => status === 'running');
  }

  get queued(): number {
    return this.#list?.filter(({ status }) => status === 'queued').length ?? 0;
  }

  /** Runs with a model that images can be shown to. */
  get trained(): readonly RunSummary[] {
    return this.#list?.filter(({ status }) => status === 'completed') ?? [];
  }

  activityOf(id: number): Activity {
    return this.#activity?.id === id ? this.#activity.heard : NOTHING_HEARD;
  }

  async load(): Promise<void> {
    this.#list = await this.#api.call('run.list', {});
  }

  cancel(id: number): Promise<RunRecord> {
    return this.#api.call('run.cancel', { id });
  }

  resume(id: number): Promise<RunRecord> {
    return this.#api.call('run.resume', { id });
  }
}
