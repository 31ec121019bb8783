/**
 * Electron's `app`, as far as the product uses it, written from electron.d.ts: what must come before `ready` is refused after it,
 * a second start on the same user data is told to the first, and quitting asks before it ends.
 */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';

type Used =
  | 'getAppPath'
  | 'getVersion'
  | 'isPackaged'
  | 'commandLine'
  | 'setPath'
  | 'getPath'
  | 'enableSandbox'
  | 'requestSingleInstanceLock'
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit';

/** An event whose default can be prevented. */
export class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

const locks = new Map<string, StandInApp>();

export class StandInApp extends EventEmitter implements Pick<Electron.App, Used> {
  readonly isPackaged = false;
  readonly commandLine: Electron.CommandLine;
  /** Of the process: resolves when it would have ended. */
  readonly exited: Promise<number>;
  isSandboxed = false;
  /** Switches of Chromium that the program has set. */
  readonly appended = new Map<string, string>();
  readonly #paths = new Map<string, string>();
  readonly #appPath: string;
  readonly #ready: Promise<void>;
  #isReady = false;
  #hasExited = false;
  #tellExit!: (code: number) => void;
  /** @returns whether all are closed. */
  closeWindows: () => boolean = () => true;
  tidyUp: () => void = () => undefined;

  constructor(appPath: string, switches: Readonly<Record<string, string>>) {
    super();
    this.#appPath = appPath;
    this.commandLine = {
      getSwitchValue: (name: string) => switches[name] ?? '',
      hasSwitch: (name: string) => name in switches,
      appendSwitch: (name: string, value = '') => {
        this.appended.set(name, value);
      },
    } as Electron.CommandLine;
    this.exited = new Promise((resolve) => {
      this.#tellExit = resolve;
    });
    this.#ready = new Promise((resolve) =>
      setTimeout(() => {
        this.#isReady = true;
        this.emit('ready');
        resolve();
      }),
    );
  }

  getAppPath(): string {
    return this.#appPath;
  }
  getVersion(): string {
    return '0.0.0-test';
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? '';
  }
  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<void> {
    return this.#ready;
  }
  enableSandbox(): void {
    this.mustComeBeforeReady('app.enableSandbox');
    this.isSandboxed = true;
  }
  mustComeBeforeReady(what: string): void {
    if (this.#isReady) throw new Error(`${what} can only be called before app is ready`);
  }

  requestSingleInstanceLock(): boolean {
    const key = this.getPath('userData');
    const first = locks.get(key);
    if (first && first !== this) {
      setTimeout(() => first.emit('second-instance', new StandInEvent(), [], process.cwd()));
      return false;
    }
    locks.set(key, this);
    return true;
  }

  quit(): void {
    const event = new StandInEvent();
    this.emit('before-quit', event);
    if (!event.defaultPrevented && this.closeWindows()) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    const key = this.getPath('userData');
    if (locks.get(key) === this) locks.delete(key);
    this.tidyUp();
    this.#tellExit(code);
  }
}
