/** The models that can be trained. Asked for once, since the answer takes a process of its own. */
import type { ModelInfo } from '../../src-main/contract/schema/catalogue.ts';
import type { Api } from '../lib/connect.ts';

const FIRST_MODEL = 'mobile_net';

export class Models {
  /** Null until they are known. */
  #list = $state.raw<readonly ModelInfo[] | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get list(): readonly ModelInfo[] | null {
    return this.#list;
  }

  /** The one that a form begins with: the best that can start from the weights that are there. */
  get first(): ModelInfo | undefined {
    const usable = this.#list?.filter(hasWeights);
    return usable?.find(({ id }) => id === FIRST_MODEL) ?? usable?.[0];
  }

  find(id: string): ModelInfo | undefined {
    return this.#list?.find((model) => model.id === id);
  }

  async load(): Promise<void> {
    this.#list = await this.#api.call('model.list', {});
  }
}

/** Whether a run with a backbone could begin from its ImageNet weights. */
export function hasWeights({ weights }: ModelInfo): boolean {
  return weights === null || weights.folder !== null;
}
