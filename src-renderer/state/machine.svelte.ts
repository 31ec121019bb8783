/** What is known of the machine: device, library, what the doctor found, disk. Asked for after the window is there, since it takes a second. */
import type { DoctorReport } from '../../src-main/contract/schema/doctor.ts';
import type { Storage } from '../../src-main/contract/schema/storage.ts';
import type { Api } from '../lib/connect.ts';

export class Machine {
  /** Null until it is known. */
  #report = $state.raw<DoctorReport | null>(null);
  #isExamining = $state(false);
  #storage = $state.raw<Storage | null>(null);
  /** Answers to an older question are dropped: a folder is counted for as long as it takes. */
  #asked = 0;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    api.on('dataset.changed', () => void this.loadStorage());
    api.on('run.deleted', () => void this.loadStorage());
    api.on('run.changed', ({ run }) => {
      if (run.status !== 'running') void this.loadStorage();
    });
  }

  /** "CPU · 2 threads · TensorFlow 2.21.0" */
  get device(): string {
    if (this.#report === null) return 'Looking at the device …';
    const { environment } = this.#report;
    if (environment === null) return 'TensorFlow cannot be loaded';
    const name = environment.device === 'gpu' ? environment.deviceName : 'CPU';
    return `${name} · ${environment.intraOpThreads} threads · TensorFlow ${environment.tensorflowVersion}`;
  }

  get report(): DoctorReport | null {
    return this.#report;
  }

  get isExamining(): boolean {
    return this.#isExamining;
  }

  get storage(): Storage | null {
    return this.#storage;
  }

  async load(): Promise<void> {
    await this.loadStorage();
    await this.examine();
  }

  /** @throws AppError when the application does not answer; what does not work on the machine is a finding */
  async examine(): Promise<void> {
    this.#isExamining = true;
    try {
      this.#report = await this.#api.call('doctor.run', {});
    } finally {
      this.#isExamining = false;
    }
  }

  async loadStorage(): Promise<void> {
    const asked = ++this.#asked;
    const storage = await this.#api.call('app.storage', {});
    if (asked === this.#asked) this.#storage = storage;
  }

  /** @returns how many bytes that freed. @throws AppError `conflict` while a run trains */
  async cleanCaches(): Promise<number> {
    const { freedBytes } = await this.#api.call('app.clean-caches', {});
    await this.loadStorage();
    return freedBytes;
  }
}
