/**
 * What no window of Electron may do, after Electron's security checklist: leave its page, open another, use a device,
 * fetch anything. Runs in the main process.
 */
import type { App, Session, WebContents, WebPreferences } from 'electron';
import { isOwnPage } from './app-protocol.ts';

/** The only permission a window has: to say that a long run has ended. */
const ALLOWED = 'notifications';

/** Of every window. @param preload the preload script @param isPackaged developer tools are for developers */
export function webPreferences(preload: string, isPackaged: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    navigateOnDragDrop: false,
    // It fetches dictionaries.
    spellcheck: false,
    devTools: !isPackaged,
  };
}

/** @param alsoReachable an address besides our own pages, for a developer's server; none in the product */
export function restrict(
  app: Pick<App, 'on'>,
  session: Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setSpellCheckerEnabled'
    | 'webRequest'
  >,
  alsoReachable: string | null,
): void {
  app.on('web-contents-created', (_event, contents) => restrictContents(contents));
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(permission === ALLOWED));
  session.setPermissionCheckHandler((_contents, permission) => permission === ALLOWED);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, callback) =>
    callback({ cancel: !isLocal(url) && !(alsoReachable && url.startsWith(alsoReachable)) }),
  );
}

function restrictContents(contents: WebContents): void {
  contents.on('will-navigate', (details) => {
    if (!isOwnPage(details.url)) details.preventDefault();
  });
  contents.on('will-frame-navigate', (details) => {
    if (!isOwnPage(details.url)) details.preventDefault();
  });
  contents.on('will-redirect', (details) => details.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Our own pages, what they made themselves (a download), and the browser's own tools. */
function isLocal(address: string): boolean {
  return isOwnPage(address) || /^(blob:app:\/\/lesion-lab\/|data:|devtools:)/.test(address);
}
