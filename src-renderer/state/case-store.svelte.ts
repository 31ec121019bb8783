/**
 * Whether the kept cases can be read, and who is named for what is done with them. Asked for by the first screen that needs it, so that
 * who uses no cases has no store. While an encrypted store is open, work in the window keeps it from locking itself.
 */
import type { CasePrivacyChange, CaseStoreState } from '../../src-main/contract/schema/case-privacy.ts';
import type { Api } from '../lib/connect.ts';
import { type Explanation, explain } from '../lib/explain.ts';

/** Telling more often would keep it open no longer. */
const STAY_MS = 60_000;
const ACTS = ['pointerdown', 'keydown', 'wheel'] as const;

export class CaseStore {
  #state = $state.raw<CaseStoreState | null>(null);
  #failure = $state.raw<Explanation | null>(null);
  #toldAt = 0;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('case.state-changed', (state) => {
      this.#state = state;
    });
    api.on('case.changed', () => {
      if (this.#state) void this.load();
    });
    for (const act of ACTS) addEventListener(act, () => this.#stay(), { passive: true });
  }

  /** Null until it is known. */
  get state(): CaseStoreState | null {
    return this.#state;
  }

  /** Why it is not known: a damaged store, for instance. */
  get failure(): Explanation | null {
    return this.#failure;
  }

  async load(): Promise<void> {
    try {
      this.#state = await this.#api.call('case.state', {});
      this.#failure = null;
    } catch (thrown) {
      this.#failure = explain(
        thrown,
        'The file of the cases is as it was; runs and datasets are not touched.',
      );
    }
  }

  /** @throws AppError `wrong-passphrase` */
  async unlock(passphrase: string): Promise<void> {
    this.#state = await this.#api.call('case.unlock', { passphrase });
    this.#toldAt = Date.now();
  }

  async lock(): Promise<void> {
    this.#state = await this.#api.call('case.lock', {});
  }

  /** @throws AppError `wrong-passphrase`, `conflict`, `bad-input` */
  async setPassphrase(current: string | null, next: string | null): Promise<void> {
    this.#state = await this.#api.call('case.set-passphrase', { current, next });
  }

  async setPrivacy(changes: CasePrivacyChange): Promise<void> {
    this.#state = await this.#api.call('case.set-privacy', changes);
  }

  #stay(): void {
    const isOpenByPassphrase = this.#state?.isEncrypted && !this.#state.isLocked;
    if (!isOpenByPassphrase || Date.now() - this.#toldAt < STAY_MS) return;
    this.#toldAt = Date.now();
    void this.#api.call('case.stay', {});
  }
}
