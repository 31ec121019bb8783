/**
 * Runs that every screen may need: the newest, those that train or wait, those with a model; and how the one that is training
 * gets on. The whole history, however long, is runs-history's.
 */
import type { RunRecord, RunSummary } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import { withLastFigures } from '../lib/live-figures.ts';
import type { Activity } from '../lib/progress-words.ts';

const NOTHING_HEARD: Activity = { progress: null, preparing: null };
/** A list to choose from is no longer than this; older runs are found in the history. */
const NEWEST = 200;

export class Runs {
  /** Null until they are known. */
  #list = $state.raw<readonly RunSummary[] | null>(null);
  #trained = $state.raw<readonly RunSummary[]>([]);
  #open = $state.raw<readonly RunSummary[]>([]);
  #activity = $state.raw<{ readonly id: number; readonly heard: Activity } | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('run.changed', ({ run }) => {
      if (run.status !== 'running' && this.#activity?.id === run.id) this.#activity = null;
      void this.load();
    });
    api.on('run.deleted', () => void this.load());
    api.on('queue.changed', () => void this.load());
    api.on('run.progress', ({ id, progress }) => {
      const known = withLastFigures(progress, this.activityOf(id).progress);
      this.#activity = { id, heard: { ...NOTHING_HEARD, progress: known } };
    });
    api.on('run.preparing', ({ id, ...preparing }) => {
      this.#activity = { id, heard: { ...NOTHING_HEARD, preparing } };
    });
  }

  /** The newest first, two hundred at most. */
  get list(): readonly RunSummary[] | null {
    return this.#list;
  }

  /** The run that is training. */
  get active(): RunSummary | undefined {
    return this.#open.find(({ status }) => status === 'running');
  }

  get queued(): number {
    return this.#open.filter(({ status }) => status === 'queued').length;
  }

  /** Runs with a model that images can be shown to; the newest first, two hundred at most. */
  get trained(): readonly RunSummary[] {
    return this.#trained;
  }

  /** Of those that train or wait, and the newest. */
  find(id: number): RunSummary | undefined {
    return [...this.#open, ...(this.#list ?? [])].find((run) => run.id === id);
  }

  activityOf(id: number): Activity {
    return this.#activity?.id === id ? this.#activity.heard : NOTHING_HEARD;
  }

  async load(): Promise<void> {
    const [list, trained, running, queued] = await Promise.all([
      this.#api.call('run.list', { limit: NEWEST }),
      this.#api.call('run.list', { limit: NEWEST, status: 'completed' }),
      this.#api.call('run.list', { status: 'running' }),
      this.#api.call('run.list', { status: 'queued' }),
    ]);
    this.#list = list;
    this.#trained = trained;
    this.#open = [...running, ...queued];
  }

  cancel(id: number): Promise<RunRecord> {
    return this.#api.call('run.cancel', { id });
  }

  resume(id: number): Promise<RunRecord> {
    return this.#api.call('run.resume', { id });
  }
}
