/** The run that trains, what it is asked to do, and the runs that wait. */
import type { QueueState } from '../../src-main/contract/schema/queue.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';
import { moved } from './queue-order.ts';

const EMPTY: QueueState = { active: null, waiting: [], held: [] };

export class Queue {
  #state = $state.raw<QueueState>(EMPTY);
  #failure = $state.raw<Explanation | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('queue.changed', (state) => {
      this.#state = state;
    });
  }

  /** The run that trains in this Lesion Lab. */
  get active(): QueueState['active'] {
    return this.#state.active;
  }

  /** The next one first. */
  get waiting(): readonly number[] {
    return this.#state.waiting;
  }

  /** Left waiting by an earlier session. */
  get held(): readonly number[] {
    return this.#state.held;
  }

  get failure(): Explanation | null {
    return this.#failure;
  }

  async load(): Promise<void> {
    this.#state = await this.#api.call('queue.get', {});
  }

  pause(id: number): Promise<void> {
    return this.#do(() => this.#api.call('run.pause', { id }), 'The run goes on as it was.');
  }

  continue(id: number): Promise<void> {
    return this.#do(() => this.#api.call('run.continue', { id }), 'The run is as it was.');
  }

  stopAfterEpoch(id: number, thenReport: boolean): Promise<void> {
    return this.#do(
      () => this.#api.call('run.stop-after-epoch', { id, thenReport }),
      'The run goes on as it was.',
    );
  }

  /** Stops it after its step, or takes it out of the queue. */
  stop(id: number): Promise<void> {
    return this.#do(async () => {
      await this.#api.call('run.cancel', { id });
      return this.#api.call('queue.get', {});
    }, 'The run is as it was.');
  }

  /** Starts what an earlier session left waiting. */
  release(): Promise<void> {
    return this.#do(() => this.#api.call('queue.release', {}), 'The runs still wait.');
  }

  /** @param by -1: one place nearer to its turn */
  move(id: number, by: -1 | 1): Promise<void> {
    const ids = moved([...this.#state.waiting, ...this.#state.held], id, by);
    return this.#do(() => this.#api.call('queue.order', { ids }), 'The order is as it was.');
  }

  async #do(ask: () => Promise<QueueState>, kept: string): Promise<void> {
    this.#failure = null;
    try {
      this.#state = await ask();
    } catch (thrown) {
      this.#failure = explain(thrown, kept);
    }
  }
}
