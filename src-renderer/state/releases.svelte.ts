/** The released models that can be asked here, and more of one of them when it is looked at. */
import type { Release, ReleaseSummary } from '../../src-main/contract/schema/release.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

export class Releases {
  /** Null until they are known. */
  #list = $state.raw<readonly ReleaseSummary[] | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #opened = $state.raw<ReadonlyMap<string, Release>>(new Map());
  /** Answers to an older question are dropped. */
  #asked = 0;
  readonly #api: Api;
  readonly #stop: () => void;

  constructor(api: Api) {
    this.#api = api;
    this.#stop = api.on('release.changed', () => void this.load());
  }

  get list(): readonly ReleaseSummary[] | null {
    return this.#list;
  }

  /** Why the list is not known. */
  get failure(): Explanation | null {
    return this.#failure;
  }

  find(hash: string | null): ReleaseSummary | undefined {
    return this.#list?.find((release) => release.hash === hash);
  }

  /** On how many lesions a model was tested; null: not known, or not yet. */
  testLesionsOf(hash: string): number | null {
    const parts = this.#opened.get(hash)?.fit.parts;
    return parts?.find(({ part }) => part === 'test')?.lesions ?? null;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const list = await this.#api.call('release.list', {});
      if (asked !== this.#asked) return;
      this.#list = list;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = explain(thrown, 'Models and pictures are as they were.');
    }
  }

  /** Reads all that a model says of itself. */
  async open(hash: string): Promise<void> {
    if (this.#opened.has(hash)) return;
    const { release } = await this.#api.call('release.get', { hash });
    this.#opened = new Map([...this.#opened, [hash, release]]);
  }

  close(): void {
    this.#stop();
  }
}
