/** Which screen is shown: kept in the address after the #, so that it survives a reload and the back button works. */

import { type Place, readPlace } from '../lib/place.ts';

export class Router {
  #place = $state.raw(readPlace(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.#place = readPlace(location.hash);
    });
  }

  get place(): Place {
    return this.#place;
  }

  go(hash: `#/${string}`): void {
    location.hash = hash;
  }
}
