/**
 * The window of the Electron host: one, which a second start brings to the front; closing it while a run trains asks. Runs in
 * the main process.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions, Dialog, WebPreferences } from 'electron';
import { PAGE } from './app-protocol.ts';

export interface WindowOptions {
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  readonly webPreferences: WebPreferences;
  readonly isTraining: () => Promise<boolean>;
  /** The window is gone and the program may go on without it. */
  readonly onClosed: () => void;
  /** The program shall end now, leaving what runs resumable. */
  readonly onStop: () => void;
}

export interface LabWindow {
  /** Opens it, or brings it to the front. */
  show(): void;
  isOpen(): boolean;
  /** As its close button does. */
  askToClose(): void;
  /** Without a question. */
  destroy(): void;
  current(): BrowserWindow | null;
}

const GO_ON = 0;
const STOP = 1;
const CHOICES = ['Go on without a window', 'Stop safely and close', 'Cancel'];
const REOPEN = 0;

export function createWindow(options: WindowOptions): LabWindow {
  let open: BrowserWindow | null = null;

  const askBeforeClosing = async (window: BrowserWindow) => {
    if (await options.isTraining()) {
      const { response } = await options.dialog.showMessageBox(window, {
        type: 'question',
        message: 'A run is training.',
        detail:
          'Without a window it goes on in the background, and starting Lesion Lab again opens the window. Stopped safely, it ends after its step and can be resumed.',
        buttons: CHOICES,
        defaultId: GO_ON,
        cancelId: CHOICES.length - 1,
      });
      if (response === STOP) return options.onStop();
      if (response !== GO_ON) return;
    }
    window.destroy();
  };

  const offerAgain = async (window: BrowserWindow) => {
    const { response } = await options.dialog.showMessageBox({
      type: 'error',
      message: 'The window ended unexpectedly.',
      detail: 'What was saved is kept, and what trains goes on.',
      buttons: ['Open it again', 'Close'],
    });
    if (window.isDestroyed()) return;
    if (response === REOPEN) window.reload();
    else window.destroy();
  };

  const make = (): BrowserWindow => {
    const window = new options.BrowserWindow({
      title: 'Lesion Lab',
      width: 1280,
      height: 800,
      minWidth: 960,
      minHeight: 640,
      show: false,
      autoHideMenuBar: true,
      webPreferences: options.webPreferences,
    });
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      event.preventDefault();
      void askBeforeClosing(window);
    });
    window.on('closed', () => {
      open = null;
      options.onClosed();
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') void offerAgain(window);
    });
    void window.loadURL(PAGE);
    return window;
  };

  return {
    show() {
      open ??= make();
      if (open.isMinimized()) open.restore();
      open.focus();
    },
    isOpen: () => open !== null,
    askToClose: () => open?.close(),
    destroy: () => open?.destroy(),
    current: () => open,
  };
}
