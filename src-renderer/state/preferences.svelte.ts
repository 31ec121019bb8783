/** How a person likes the window: its theme and its motion, remembered by the application. */
import type { Settings } from '../../src-main/contract/schema/settings.ts';
import type { Api } from '../lib/connect.ts';

export type Theme = Settings['theme'];
/** Null: as the system says. */
export type ReducedMotion = Settings['reducedMotion'];

export class Preferences {
  #theme = $state<Theme>('system');
  #reducedMotion = $state<ReducedMotion>(null);
  #historyColumns = $state.raw<Settings['historyColumns']>(null);
  #acceptedLicences = $state.raw<readonly string[]>([]);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get theme(): Theme {
    return this.#theme;
  }

  get reducedMotion(): ReducedMotion {
    return this.#reducedMotion;
  }

  /** Keys of the columns of the history; null: the usual ones. */
  get historyColumns(): Settings['historyColumns'] {
    return this.#historyColumns;
  }

  /** Hashes of the released models whose licence, which excludes commercial use, was accepted here. */
  get acceptedLicences(): readonly string[] {
    return this.#acceptedLicences;
  }

  async load(): Promise<void> {
    const settings = await this.#api.call('settings.get', {});
    this.#acceptedLicences = settings.acceptedLicences;
    this.#historyColumns = settings.historyColumns;
    this.#apply(settings);
  }

  async setHistoryColumns(historyColumns: Settings['historyColumns']): Promise<void> {
    this.#historyColumns = historyColumns;
    await this.#api.call('settings.set', { historyColumns });
  }

  /** @param hash of a released model */
  async acceptLicence(hash: string): Promise<void> {
    const { acceptedLicences } = await this.#api.call('settings.set', { acceptLicence: hash });
    this.#acceptedLicences = acceptedLicences;
  }

  async setTheme(theme: Theme): Promise<void> {
    await this.#change({ theme });
  }

  async setReducedMotion(reducedMotion: ReducedMotion): Promise<void> {
    await this.#change({ reducedMotion });
  }

  /** Shown at once, then remembered. */
  async #change(change: Partial<Pick<Settings, 'theme' | 'reducedMotion'>>): Promise<void> {
    this.#apply({ theme: this.#theme, reducedMotion: this.#reducedMotion, ...change });
    await this.#api.call('settings.set', change);
  }

  #apply({ theme, reducedMotion }: Pick<Settings, 'theme' | 'reducedMotion'>): void {
    this.#theme = theme;
    this.#reducedMotion = reducedMotion;
    const { dataset } = document.documentElement;
    if (theme === 'system') delete dataset.theme;
    else dataset.theme = theme;
    if (reducedMotion === null) delete dataset.motion;
    else dataset.motion = reducedMotion ? 'reduced' : 'full';
  }
}
