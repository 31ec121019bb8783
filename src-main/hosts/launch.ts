/**
 * npm start: makes the application and opens its window; where Electron is not to be had, in an installed Chromium, Chrome
 * or Edge, and without a screen or a browser by an address to open. Runs as the host process.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, createApp } from '../app/create-app.ts';
import { openLog } from '../app/log.ts';
import { AppError, toFailure } from '../contract/errors.ts';
import { memoryLinkPair } from '../rpc/memory-link.ts';
import { forkWorker } from './fork-worker.ts';
import { type LaunchOptions, readOptions, USAGE } from './launch-options.ts';
import { announceInstance, askRunningInstance } from './web/instance-file.ts';
import { watchLastWindow } from './web/last-window.ts';
import { ensureRenderer } from './web/renderer-build.ts';
import { startWebHost, type WebHost } from './web/web-host.ts';
import { createWindows, type Windows } from './web/windows.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => console.log(line);

async function launch(options: LaunchOptions): Promise<void> {
  const running = await askRunningInstance(options.dataFolder, !options.open);
  if (running !== null) return say(running);
  if (!options.web && !hasElectronBinary()) {
    say("Electron's binary is not installed; the same application is shown by a browser.");
  }
  const renderer = await ensureRenderer(ROOT, say);
  const app = createApp({
    dataFolder: options.dataFolder,
    version: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    spawnWorker: (environment) => forkWorker(environment),
    openLog,
  });
  try {
    await open(options, app, renderer);
  } catch (thrown) {
    await app.close();
    throw thrown;
  }
}

async function open(options: LaunchOptions, app: App, renderer: string): Promise<void> {
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const host: WebHost = await startWebHost({
    app,
    renderer,
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
    system: { platform: process.platform, env: process.env, userId: process.getuid?.() },
    newAddress: host.newAddress,
    say,
  });
  const withdraw = announceInstance(options.dataFolder, host);
  const end = async () => {
    withdraw();
    await app.close();
    windows.close();
    await host.close();
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

/** Told from its files: importing the package would start a download. */
function hasElectronBinary(): boolean {
  const folder = join(ROOT, 'node_modules', 'electron');
  const pointer = join(folder, 'path.txt');
  return existsSync(pointer) && existsSync(join(folder, 'dist', readFileSync(pointer, 'utf8').trim()));
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
