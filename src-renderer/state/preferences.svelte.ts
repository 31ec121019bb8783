/** How a person likes the window: its theme, remembered by the application. */
import type { Settings } from '../../src-main/contract/schema/settings.ts';
import type { Api } from '../lib/connect.ts';

export type Theme = Settings['theme'];

export class Preferences {
  #theme = $state<Theme>('system');
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get theme(): Theme {
    return this.#theme;
  }

  async load(): Promise<void> {
    this.#apply((await this.#api.call('settings.get', {})).theme);
  }

  async setTheme(theme: Theme): Promise<void> {
    this.#apply(theme);
    await this.#api.call('settings.set', { theme });
  }

  #apply(theme: Theme): void {
    this.#theme = theme;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}
