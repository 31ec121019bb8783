/**
 * A window without tabs or address bar: an installed Chromium, Chrome or Edge in application mode, with a profile of its
 * own and nothing that it does in the background by itself. Runs in the host.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ONLY_LOOPBACK } from '../only-loopback.ts';

export interface System {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Of the user; undefined on Windows. */
  readonly userId?: number | undefined;
}

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const MAC_NAMES = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PATHS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];

/** Nothing is fetched, reported or synchronised by the browser itself. */
export const QUIET_BROWSER: readonly string[] = [
  ...ONLY_LOOPBACK.map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication',
  '--no-pings',
  '--no-service-autorun',
  '--metrics-recording-only',
];

/** @returns the first browser that is installed, as a path; null when there is none. */
export function findBrowser({ platform, env }: System): string | null {
  return browserPaths(platform, env).find(isProgram) ?? null;
}

function browserPaths(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])];
    return MAC_NAMES.flatMap((name) =>
      folders.map((folder) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (platform === 'win32') {
    const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    );
    return WINDOWS_PATHS.flatMap((path) => folders.map((folder) => join(folder, ...path)));
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a window could be seen. */
export function hasDisplay({ platform, env }: System): boolean {
  return platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** @param profile folder that the browser may use as its own */
export function browserArguments(address: string, profile: string, { platform, userId }: System): string[] {
  // Chromium refuses to start for root with its sandbox; the page is our own and loads nothing from elsewhere.
  const sandbox = platform === 'linux' && userId === 0 ? ['--no-sandbox'] : [];
  return [
    `--app=${address}`,
    `--user-data-dir=${profile}`,
    '--window-size=1280,800',
    ...QUIET_BROWSER,
    ...sandbox,
  ];
}

/** Starts the browser. @param onFailure told in words when it cannot start or ends with an error */
export function openAppWindow(
  browser: string,
  browserArgs: readonly string[],
  onFailure: (reason: string) => void,
): ChildProcess {
  const child = spawn(browser, browserArgs, { stdio: 'ignore' });
  child.once('error', (error) => onFailure(error.message));
  child.once('exit', (code) => {
    if (code) onFailure(`it ended with exit code ${code}`);
  });
  return child;
}
