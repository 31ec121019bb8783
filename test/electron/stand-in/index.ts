/**
 * Electron without its binary, for one start of the product: the parts of its interface that the product uses, over a real Chromium
 * page and real child processes. Each part is checked against electron.d.ts by the compiler.
 */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { Browser } from 'playwright';
import { StandInApp } from './app.ts';
import { StandInWindow } from './browser-window.ts';
import { StandInDialog, StandInProtocol, StandInSession } from './host-side.ts';
import { StandInPages } from './pages.ts';
import { StandInUtilityProcess } from './utility-process.ts';

export interface StandInOptions {
  readonly browser: Browser;
  /** Where the product's package.json is. */
  readonly appPath: string;
  /** Of the command line: `--name=value`. */
  readonly switches: Readonly<Record<string, string>>;
  /** Where files of these names lie: Chromium tells no page. */
  readonly paths?: Readonly<Record<string, string>>;
}

export class StandInElectron {
  readonly app: StandInApp;
  readonly browser: Browser;
  readonly ipcMain = new EventEmitter();
  readonly dialog = new StandInDialog();
  readonly session = new StandInSession();
  readonly protocol: StandInProtocol;
  readonly pages: StandInPages;
  readonly windows: StandInWindow[] = [];
  readonly workers: StandInUtilityProcess[] = [];
  readonly paths: Readonly<Record<string, string>>;

  constructor({ browser, appPath, switches, paths = {} }: StandInOptions) {
    this.browser = browser;
    this.paths = paths;
    this.app = new StandInApp(appPath, switches);
    this.protocol = new StandInProtocol(this.app);
    this.pages = new StandInPages((request) => this.protocol.answer(request));
    this.app.closeWindows = () => {
      for (const window of this.windows) if (!window.isDestroyed()) window.close();
      return this.windows.every((window) => window.isDestroyed());
    };
    this.app.tidyUp = () => {
      for (const window of this.windows) window.destroy();
      this.pages.close();
    };
  }

  /** What `import … from 'electron'` gives. */
  get module() {
    const electron = this;
    return {
      app: this.app,
      BrowserWindow: class extends StandInWindow {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(electron, options);
        }
      },
      dialog: this.dialog,
      ipcMain: this.ipcMain,
      Menu: { setApplicationMenu: () => undefined, buildFromTemplate: () => null },
      protocol: this.protocol,
      session: { defaultSession: this.session },
      utilityProcess: {
        fork: (file: string, args: string[] = [], options: Electron.ForkOptions = {}) => {
          if (!this.app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
          const child = new StandInUtilityProcess(file, args, options);
          this.workers.push(child);
          return child;
        },
      },
    };
  }
}
