/** What the status bar says of the machine: device, library, disk. Asked for after the window is there, since it takes a second. */
import type { Environment } from '../../src-main/contract/schema/run.ts';
import type { Api } from '../lib/connect.ts';

export class Machine {
  /** Undefined until it is known; null when the native library cannot be loaded. */
  #environment = $state.raw<Environment | null | undefined>(undefined);
  #storage = $state.raw<{ readonly usedBytes: number; readonly freeBytes: number } | null>(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('dataset.changed', () => void this.loadStorage());
    api.on('run.changed', ({ run }) => {
      if (run.status !== 'running') void this.loadStorage();
    });
  }

  /** "CPU · 2 threads · TensorFlow 2.21.0" */
  get device(): string {
    const environment = this.#environment;
    if (environment === undefined) return 'Looking at the device …';
    if (environment === null) return 'TensorFlow cannot be loaded: run "npm run doctor"';
    const name = environment.device === 'gpu' ? environment.deviceName : 'CPU';
    return `${name} · ${environment.intraOpThreads} threads · TensorFlow ${environment.tensorflowVersion}`;
  }

  get storage() {
    return this.#storage;
  }

  async load(): Promise<void> {
    await this.loadStorage();
    this.#environment = (await this.#api.call('doctor.run', {})).environment;
  }

  async loadStorage(): Promise<void> {
    this.#storage = await this.#api.call('app.storage', {});
  }
}
