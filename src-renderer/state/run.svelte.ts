/** One run as a screen shows it: its record and epochs, kept up to date while it trains, and its report once there is one. */
import type { RunDetail } from '../../src-main/contract/api.ts';
import type { EvaluationReport } from '../../src-main/contract/schema/evaluation.ts';
import type { EpochRecord, RunRecord } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

export class Run {
  #detail = $state.raw<RunDetail | null>(null);
  #report = $state.raw<EvaluationReport | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  readonly id: number;
  readonly #api: Api;
  readonly #withReport: boolean;
  readonly #stop: (() => void)[];

  /** @param withReport false where the screen asks for the report itself */
  constructor(api: Api, id: number, { withReport = true }: { readonly withReport?: boolean } = {}) {
    this.#api = api;
    this.#withReport = withReport;
    this.id = id;
    this.#stop = [
      api.on('run.epoch', (event) => {
        if (event.id === id) this.#addEpoch(event.epoch);
      }),
      api.on('run.changed', ({ run }) => {
        if (run.id === id) this.#change(run);
      }),
    ];
    void this.#load();
  }

  get record(): RunRecord | null {
    return this.#detail?.run ?? null;
  }

  get detail(): RunDetail | null {
    return this.#detail;
  }

  get epochs(): readonly EpochRecord[] {
    return this.#detail?.epochs ?? [];
  }

  /** Epochs that there will be, or that there are once the run has ended. */
  get lastEpoch(): number {
    const { record, epochs } = this;
    const isOpen = record?.status === 'running' || record?.status === 'queued';
    return isOpen ? record.config.epochs : epochs.length;
  }

  get report(): EvaluationReport | null {
    return this.#report;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  /** Asks again, such as after a test on another set, which no event tells of. */
  reload(): Promise<void> {
    return this.#load();
  }

  /** Stops listening. */
  close(): void {
    for (const stop of this.#stop) stop();
  }

  async #load(): Promise<void> {
    try {
      this.#detail = await this.#api.call('run.get', { id: this.id });
      if (this.#withReport) this.#report = await this.#api.call('run.report', { id: this.id });
    } catch (thrown) {
      this.#failure = explain(thrown, 'Nothing was changed.');
    }
  }

  #addEpoch(epoch: EpochRecord): void {
    if (!this.#detail) return;
    const before = this.#detail.epochs.filter((known) => known.epoch < epoch.epoch);
    this.#detail = { ...this.#detail, epochs: [...before, epoch] };
  }

  #change(run: RunRecord): void {
    if (!this.#detail) return;
    this.#detail = { ...this.#detail, run };
    if (run.status === 'completed') void this.#load();
  }
}
