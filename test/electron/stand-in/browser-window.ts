/**
 * Electron's window around a page. Written from electron.d.ts: closing can be prevented, by a listener and then by the page;
 * destroying cannot.
 */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { StandInEvent } from './app.ts';
import type { StandInElectron } from './index.ts';
import { StandInContents } from './web-contents.ts';

type Used =
  | 'loadURL'
  | 'show'
  | 'focus'
  | 'restore'
  | 'isMinimized'
  | 'isDestroyed'
  | 'close'
  | 'destroy'
  | 'reload'
  | 'setProgressBar';

export class StandInWindow extends EventEmitter implements Pick<Electron.BrowserWindow, Used> {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly contents: StandInContents;
  readonly progress: number[] = [];
  isShown: boolean;
  isMinimised = false;
  timesFocused = 0;
  #isDestroyed = false;

  constructor(electron: StandInElectron, options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.isShown = options.show ?? true;
    this.contents = new StandInContents(electron, options.webPreferences ?? {});
    electron.windows.push(this);
    electron.app.emit('web-contents-created', new StandInEvent(), this.contents);
  }

  get webContents(): Electron.WebContents {
    return this.contents as unknown as Electron.WebContents;
  }
  async loadURL(address: string): Promise<void> {
    await this.contents.load(address);
    if (!this.#isDestroyed) this.emit('ready-to-show');
  }
  reload(): void {
    this.contents.reload();
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.timesFocused++;
  }
  isMinimized(): boolean {
    return this.isMinimised;
  }
  restore(): void {
    this.isMinimised = false;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  setProgressBar(progress: number): void {
    this.progress.push(progress);
  }
  close(): void {
    const event = new StandInEvent();
    this.emit('close', event);
    if (!event.defaultPrevented)
      void this.contents.mayUnload().then((mayUnload) => mayUnload && this.destroy());
  }
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    void this.contents.destroy();
    this.emit('closed');
  }
}
