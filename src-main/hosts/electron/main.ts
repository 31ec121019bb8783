/**
 * Entry of Electron's main process: a thin shell around the application. It makes the application, opens a window on it and
 * ends it; one program for each data folder. Every call of Electron's own interface is made here or handed on from here.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } from 'electron';
import { createApp } from '../../app/create-app.ts';
import { openLog } from '../../app/log.ts';
import { chooseDataFolder, prepareDataFolder } from '../../app/paths.ts';
import type { WorkerHandle } from '../../app/worker-process.ts';
import { apiContract } from '../../contract/api.ts';
import { toFailure } from '../../contract/errors.ts';
import { PACKAGED } from '../../contract/remedies.ts';
import { connect } from '../../rpc/client.ts';
import { memoryLinkPair } from '../../rpc/memory-link.ts';
import { becomeInstance } from '../one-instance.ts';
import { ONLY_LOOPBACK } from '../only-loopback.ts';
import { listStaticFiles } from '../static-files.ts';
import { watchLastWindow } from '../web/last-window.ts';
import { answerPage, isOwnPage, SCHEME, socketOf } from './app-protocol.ts';
import { forkUtility } from './fork-worker.ts';
import { acceptWindows } from './ipc-link.ts';
import { findAddon, missingLibrary, type NativePlaces } from './native-library.ts';
import { offerNativeLibrary } from './offer-native-library.ts';
import { printsReports } from './print-report.ts';
import { restrict, webPreferences } from './security.ts';
import { createWindow } from './window.ts';

const BUILT = join(app.getAppPath(), 'out');

try {
  const { env, platform } = process;
  env[PACKAGED] = app.isPackaged ? 'yes' : 'no';
  const { commandLine } = app;
  const given = commandLine.hasSwitch('data-dir') ? commandLine.getSwitchValue('data-dir') : undefined;
  const dataFolder = chooseDataFolder(given, { env, platform, home: homedir() });
  prepareDataFolder(dataFolder);
  app.setPath('userData', join(dataFolder, 'electron'));
  app.enableSandbox();
  for (const [name, value] of ONLY_LOOPBACK) app.commandLine.appendSwitch(name, value);
  protocol.registerSchemesAsPrivileged([SCHEME]);
  if (app.requestSingleInstanceLock())
    void app
      .whenReady()
      .then(() => startAlone(dataFolder))
      .catch(fail);
  else app.quit();
} catch (thrown) {
  fail(thrown);
}

/** Another program may have opened the folder in a browser: it is asked for a window. */
async function startAlone(dataFolder: string): Promise<void> {
  const instance = await becomeInstance(dataFolder, false);
  if ('release' in instance) return start(dataFolder, instance.release);
  await dialog.showMessageBox({ message: 'Lesion Lab is open already.', detail: instance.answer });
  app.quit();
}

/** @param release lets go of the data folder */
function start(dataFolder: string, release: () => void): void {
  // Set by electron-vite while developing.
  const devServer = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null);
  restrict(app, session.defaultSession, devServer && socketOf(devServer));
  const lab = createApp({
    dataFolder,
    version: app.getVersion(),
    openLog,
    spawnWorker: (environment) => spawnWorker(environment, dataFolder),
    folders: { kind: 'dialog', choose: chooseFolder },
    printToPdf: printsReports(BrowserWindow),
  });
  const files = listStaticFiles(join(BUILT, 'renderer'));
  protocol.handle(SCHEME.scheme, (request) => answerPage({ assets: lab.assets, files, devServer }, request));
  acceptWindows(ipcMain, isOwnPage, (link) => lab.attach(link));

  const [near, far] = memoryLinkPair();
  lab.attach(far);
  const client = connect(near, apiContract);
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    window.destroy();
    lab.close().then(() => {
      release();
      app.exit();
    }, fail);
  };
  const window = createWindow({
    BrowserWindow,
    dialog,
    webPreferences: webPreferences(join(BUILT, 'preload', 'main.cjs'), app.isPackaged),
    isTraining: async () => (await client.call('queue.get', {})).active !== null,
    onClosed: () => onWindows(),
    onStop: end,
  });
  const onWindows = watchLastWindow({
    link: near,
    allClosed: () => !window.isOpen() && !hasEnded,
    onTrainingOn: () => undefined,
    onEnd: end,
    graceMs: 0,
  });

  setMenu();
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  // Its default is to quit, whatever trains.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    if (window.isOpen()) window.askToClose();
    else end();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  window.show();
  const missing = missingLibrary(nativePlaces(dataFolder));
  const shown = window.current();
  if (missing && shown) void offerNativeLibrary({ missing, window: shown, dialog }).catch(fail);
}

function nativePlaces(dataFolder: string): NativePlaces {
  const resourcesFolder = process.resourcesPath;
  return { isPackaged: app.isPackaged, appFolder: app.getAppPath(), resourcesFolder, dataFolder };
}

function spawnWorker(environment: Readonly<Record<string, string>>, dataFolder: string): WorkerHandle {
  const addon = findAddon(nativePlaces(dataFolder)) ?? '';
  const worker = join(BUILT, 'main', 'worker.cjs');
  return forkUtility(utilityProcess, { ...environment, LESION_LAB_ADDON: addon }, worker);
}

async function chooseFolder(): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory'] });
  return filePaths[0] ?? null;
}

/** Only macOS needs one: its keys for copying and closing come from the menu. */
function setMenu(): void {
  const roles = ['appMenu', 'editMenu', 'windowMenu'] as const;
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(isMac ? Menu.buildFromTemplate(roles.map((role) => ({ role }))) : null);
}

function fail(thrown: unknown): void {
  dialog.showErrorBox('Lesion Lab cannot go on', toFailure(thrown).message);
  app.exit(1);
}
