/**
 * The window of the Electron host: one, which a second start brings to the front; closing it asks while a run trains, and when the
 * page holds what is not saved. Runs in the main process.
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
const STAY = 0;

export function createWindow(options: WindowOptions): LabWindow {
  let open: BrowserWindow | null = null;
  /** The person has answered for what trains: now the page alone can hold the window, by its beforeunload. */
  let isLeftToPage = false;
  let afterClosing = options.onClosed;
  let isAsking = false;

  const asking = async (question: () => Promise<number>): Promise<number> => {
    isAsking = true;
    try {
      return await question();
    } finally {
      isAsking = false;
    }
  };

  /** The window stays: what was answered for its closing no longer holds. */
  const takeBack = () => {
    isLeftToPage = false;
    afterClosing = options.onClosed;
  };

  const askForTraining = async (window: BrowserWindow): Promise<number> => {
    if (!(await options.isTraining())) return GO_ON;
    const { response } = await options.dialog.showMessageBox(window, {
      type: 'question',
      message: 'A run is training.',
      detail:
        'Without a window it goes on in the background, and starting Lesion Lab again opens the window. Stopped safely, it ends after its step and can be resumed.',
      buttons: CHOICES,
      defaultId: GO_ON,
      cancelId: CHOICES.length - 1,
    });
    return response;
  };

  const askBeforeClosing = async (window: BrowserWindow) => {
    const response = await asking(() => askForTraining(window));
    if (window.isDestroyed() || (response !== GO_ON && response !== STOP)) return;
    afterClosing = response === STOP ? options.onStop : options.onClosed;
    isLeftToPage = true;
    window.close();
  };

  const askForUnsaved = async (window: BrowserWindow): Promise<number> => {
    const { response } = await options.dialog.showMessageBox(window, {
      type: 'question',
      message: 'Leave without saving?',
      detail: 'What was typed last is not saved yet. It is lost when the window closes.',
      buttons: ['Stay', 'Leave without saving'],
      defaultId: STAY,
      cancelId: STAY,
    });
    return response;
  };

  const askBeforeLeaving = async (window: BrowserWindow) => {
    const response = await asking(() => askForUnsaved(window));
    if (window.isDestroyed()) return;
    if (response === STAY) takeBack();
    else window.destroy();
  };

  const offerAgain = async (window: BrowserWindow) => {
    takeBack();
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
      if (isLeftToPage) return;
      event.preventDefault();
      if (!isAsking) void askBeforeClosing(window);
    });
    window.webContents.on('will-prevent-unload', () => {
      if (!isLeftToPage) return;
      isLeftToPage = false;
      void askBeforeLeaving(window);
    });
    window.on('unresponsive', () => {
      if (isLeftToPage) window.destroy();
    });
    window.on('closed', () => {
      open = null;
      isAsking = false;
      afterClosing();
      takeBack();
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
