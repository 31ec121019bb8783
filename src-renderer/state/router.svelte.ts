/** Which screen is shown: kept in the address after the #, so that it survives a reload and the back button works. */

import { type Place, readPlace, readQuery, withQuery } from '../lib/place.ts';

export class Router {
  #place = $state.raw(readPlace(location.hash));
  #query = $state.raw(readQuery(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.#place = readPlace(location.hash);
      this.#query = readQuery(location.hash);
    });
  }

  get place(): Place {
    return this.#place;
  }

  /** What the shown screen remembers of itself. */
  get query(): URLSearchParams {
    return this.#query;
  }

  /** Remembers something of the shown screen; null forgets it. No step of the back button. */
  remember(changes: Readonly<Record<string, string | null>>): void {
    history.replaceState(history.state, '', withQuery(location.hash, changes));
    this.#query = readQuery(location.hash);
  }

  go(hash: `#/${string}`): void {
    location.hash = hash;
  }
}
