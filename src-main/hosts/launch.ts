/**
 * npm start: opens the product in Electron where its binary is; else makes the application here and opens its window in an
 * installed Chromium, Chrome or Edge, and without a screen or a browser gives an address to open. Runs as the host process.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, createApp } from '../app/create-app.ts';
import { findElectron } from '../app/electron-binary.ts';
import { openLog } from '../app/log.ts';
import { AppError, toFailure } from '../contract/errors.ts';
import { memoryLinkPair } from '../rpc/memory-link.ts';
import { ensureBuilt } from './build.ts';
import { forkWorker } from './fork-worker.ts';
import { runElectron } from './launch-electron.ts';
import { type LaunchOptions, readOptions, USAGE } from './launch-options.ts';
import { becomeInstance } from './one-instance.ts';
import { hasDisplay, type System } from './web/app-window.ts';
import { developedWindow } from './web/dev-window.ts';
import { announceInstance, askRunningInstance } from './web/instance-file.ts';
import { watchLastWindow } from './web/last-window.ts';
import { startWebHost, type WebHost } from './web/web-host.ts';
import { builtWindow, type WindowFiles } from './web/window-files.ts';
import { createWindows, type Windows } from './web/windows.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SYSTEM: System = { platform: process.platform, env: process.env, userId: process.getuid?.() };
const say = (line: string) => console.log(line);

async function launch(options: LaunchOptions): Promise<void> {
  const running = await askRunningInstance(options.dataFolder, !options.open);
  if (running !== null) return say(running);
  const program = options.web || !options.open || !hasDisplay(SYSTEM) ? null : findElectron(ROOT);
  if (program) return openElectron(program, options);
  if (!options.web && options.open && !findElectron(ROOT)) {
    say("Electron's binary is not installed; the same application is shown by a browser.");
  }
  await openInBrowser(options);
}

async function openElectron(program: string, options: LaunchOptions): Promise<void> {
  const { dataFolder, dev } = options;
  await ensureBuilt(ROOT, ['window', 'host'], say);
  process.exitCode = await runElectron({ root: ROOT, program, dataFolder, dev, userId: SYSTEM.userId });
}

async function openInBrowser(options: LaunchOptions): Promise<void> {
  const window = options.dev
    ? await developedWindow(ROOT)
    : builtWindow(join(await ensureBuilt(ROOT, ['window'], say), 'renderer'));
  try {
    const instance = await becomeInstance(options.dataFolder, !options.open);
    if ('release' in instance) return await openApp(options, window, instance.release);
    say(instance.answer);
  } catch (thrown) {
    await window.close();
    throw thrown;
  }
  await window.close();
}

/** @param release lets go of the data folder */
async function openApp(options: LaunchOptions, window: WindowFiles, release: () => void): Promise<void> {
  const app = createApp({
    dataFolder: options.dataFolder,
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    spawnWorker: (environment) => forkWorker(environment),
    openLog,
    folders: { kind: 'browse', roots: options.allowed },
  });
  try {
    await open(options, { app, window, release });
  } catch (thrown) {
    await app.close();
    throw thrown;
  }
}

async function open(
  options: LaunchOptions,
  { app, window, release }: { app: App; window: WindowFiles; release: () => void },
): Promise<void> {
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const host: WebHost = await startWebHost({
    app,
    window,
    port: options.port,
    onSecondStart: (printOnly) => windows.open(printOnly),
    onWindows(count) {
      windows.count(count);
      onWindowsChanged();
    },
  }).catch((thrown) => {
    throw explainPort(thrown, options.port);
  });
  const windows: Windows = createWindows({
    dataFolder: options.dataFolder,
    system: SYSTEM,
    newAddress: host.newAddress,
    say,
  });
  const withdraw = announceInstance(options.dataFolder, host);
  const end = async () => {
    withdraw();
    await app.close();
    windows.close();
    await host.close();
    release();
  };
  const onWindowsChanged = watchLastWindow({
    link: near,
    allClosed: windows.allClosed,
    onTrainingOn: () =>
      say('The window is closed and the training goes on. "npm start" opens a window; Ctrl-C stops safely.'),
    onEnd: endOnce(end),
  });
  say(windows.open(!options.open));
}

/** Ends on the first signal or call, leaving what runs resumable; on a second signal, at once. */
function endOnce(end: () => Promise<void>): () => void {
  let isEnding = false;
  const endNow = () => {
    isEnding = true;
    end().catch(fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(1);
      say('Ending: what trains stops after its step and can be resumed. Once more ends at once.');
      endNow();
    });
  }
  return () => {
    if (!isEnding) endNow();
  };
}

function explainPort(thrown: unknown, port: number): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return thrown;
  return new AppError(
    'conflict',
    `Port ${port} of 127.0.0.1 cannot be had (${code}). Choose another with --port, or leave it out for any free one.`,
    { cause: thrown },
  );
}

function fail(thrown: unknown): void {
  console.error(toFailure(thrown).message);
  process.exitCode = 1;
}

try {
  const system = { env: process.env, platform: process.platform, home: homedir() };
  const options = readOptions(process.argv.slice(2), system);
  if (options) await launch(options);
  else say(USAGE);
} catch (thrown) {
  fail(thrown);
}
