/** Two to six runs side by side, the first of them the base; a run that cannot be read leaves the others as they are. */
import type { RunDetail } from '../../src-main/contract/api.ts';
import type { ConfigKey } from '../../src-main/contract/config-fields.ts';
import type {
  EvaluationReport,
  Prediction,
  RunComparison,
} from '../../src-main/contract/schema/evaluation.ts';
import type { SeedGroup, SettingPoint } from '../../src-main/contract/schema/history.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

export interface ComparedRun {
  readonly id: number;
  readonly detail: RunDetail;
  readonly report: EvaluationReport | null;
}

/** A run against the base: what the tests say, or why they cannot be made. */
export interface ComparedPair {
  readonly id: number;
  readonly comparison: RunComparison | null;
  readonly failure: Explanation | null;
}

const KEPT = 'The runs are as they were.';

export class Compare {
  /** Null until they are known. */
  #runs = $state.raw<readonly ComparedRun[] | null>(null);
  #missing = $state.raw<readonly Explanation[]>([]);
  #pairs = $state.raw<readonly ComparedPair[]>([]);
  /** Of the test part, in the order of the runs; null until they are known. */
  #predictions = $state.raw<readonly (readonly Prediction[])[] | null>(null);
  #seeds = $state.raw<readonly SeedGroup[] | null>(null);
  #points = $state.raw<readonly SettingPoint[] | null>(null);
  #isClosed = false;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get runs(): readonly ComparedRun[] | null {
    return this.#runs;
  }

  /** Why runs that were asked for are not among them. */
  get missing(): readonly Explanation[] {
    return this.#missing;
  }

  get pairs(): readonly ComparedPair[] {
    return this.#pairs;
  }

  get predictions(): readonly (readonly Prediction[])[] | null {
    return this.#predictions;
  }

  get seeds(): readonly SeedGroup[] | null {
    return this.#seeds;
  }

  /** The chosen setting of all completed runs on the base's data; null until it is known. */
  get points(): readonly SettingPoint[] | null {
    return this.#points;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** What is quick to read comes first; the tests, which take longest, one after the other at the end. */
  async load(ids: readonly number[]): Promise<void> {
    const found = await Promise.all(ids.map((id) => this.#read(id)));
    this.#missing = found.filter((run) => 'what' in run);
    const runs = found.filter((run) => 'detail' in run);
    this.#runs = runs;
    const [base, ...others] = runs;
    if (!base || others.length === 0) return;
    const known = runs.map(({ id }) => id);
    this.#seeds = await this.#api.call('run.seeds', { ids: known });
    this.#predictions = await Promise.all(known.map((id) => this.#api.call('run.predictions', { id })));
    for (const { id } of others) {
      if (this.#isClosed) return;
      this.#pairs = [...this.#pairs, await this.#test(base.id, id)];
    }
  }

  async loadPoints(ids: readonly number[], setting: ConfigKey): Promise<void> {
    this.#points = await this.#api.call('run.points', { ids: [...ids], setting });
  }

  async #read(id: number): Promise<ComparedRun | Explanation> {
    try {
      const [detail, report] = await Promise.all([
        this.#api.call('run.get', { id }),
        this.#api.call('run.report', { id }),
      ]);
      return { id, detail, report };
    } catch (thrown) {
      return explain(thrown, KEPT);
    }
  }

  async #test(first: number, second: number): Promise<ComparedPair> {
    try {
      return {
        id: second,
        comparison: await this.#api.call('run.compare', { first, second }),
        failure: null,
      };
    } catch (thrown) {
      return { id: second, comparison: null, failure: explain(thrown, KEPT) };
    }
  }
}
