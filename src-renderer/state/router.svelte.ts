/** Which screen is shown: kept in the address after the #, so that it survives a reload and the back button works. */

import { type Place, readPlace, readQuery, withQuery } from '../lib/place.ts';

export class Router {
  #place = $state.raw(readPlace(location.hash));
  #query = $state.raw(readQuery(location.hash));

  /** Asked before a screen is left; null: it may be left at once. */
  #guard: ((go: () => void) => void) | null = null;
  #shown = location.hash;

  constructor() {
    addEventListener('hashchange', () => this.#follow());
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
    this.#shown = location.hash;
  }

  /**
   * Keeps the shown screen until it is decided whether it may be left: `ask` is told how to go on. @returns what lets go of it
   */
  holdBack(ask: (go: () => void) => void): () => void {
    this.#guard = ask;
    return () => {
      if (this.#guard === ask) this.#guard = null;
    };
  }

  go(hash: `#/${string}`): void {
    location.hash = hash;
  }

  #follow(): void {
    const wanted = location.hash;
    if (this.#guard && wanted !== this.#shown) {
      history.replaceState(history.state, '', this.#shown || '#');
      this.#guard(() => {
        this.#guard = null;
        location.hash = wanted;
      });
      return;
    }
    this.#shown = wanted;
    this.#place = readPlace(wanted);
    this.#query = readQuery(wanted);
  }
}
