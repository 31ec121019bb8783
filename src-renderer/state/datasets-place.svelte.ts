/** The place on the screen of the datasets, as the address has it, and how it changes. Runs in the window. */
import { type DatasetsPlace, type DatasetTab, datasetsAddress, readDatasetsPlace } from './datasets-place.ts';

export class DatasetsRoute {
  #place = $state.raw(readDatasetsPlace(location.hash));
  readonly #follow = () => {
    this.#place = readDatasetsPlace(location.hash);
  };

  /** Follows the address until `stop`. */
  constructor() {
    addEventListener('hashchange', this.#follow);
  }

  stop(): void {
    removeEventListener('hashchange', this.#follow);
  }

  get place(): DatasetsPlace {
    return this.#place;
  }

  /** A step that the back button undoes. */
  go(id: number | null, tab: DatasetTab = 'overview', options: Readonly<Record<string, string>> = {}): void {
    location.hash = datasetsAddress({ id, tab, options });
  }

  /** Changes options of the tab in place: many small steps are none for the back button. An empty text takes one out. */
  set(changes: Readonly<Record<string, string>>): void {
    const options = { ...this.#place.options, ...changes };
    history.replaceState(history.state, '', datasetsAddress({ ...this.#place, options }));
    this.#follow();
  }
}
