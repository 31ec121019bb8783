/** Builds the product where it is missing or older than its source. Runs in the host, from a checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../contract/errors.ts';

/** The browser host needs the window alone; Electron needs both. */
export type Part = 'window' | 'host';

const WINDOW_SOURCES = [
  'src-renderer',
  'src-main/contract',
  'src-main/rpc',
  'src-main/numerics',
  'electron.vite.config.ts',
];
const PARTS: Record<Part, { readonly sources: readonly string[]; readonly built: readonly string[] }> = {
  window: { sources: WINDOW_SOURCES, built: ['renderer/index.html'] },
  host: {
    sources: ['src-main', 'src-preload', 'scripts/build', 'electron.vite.config.ts'],
    built: ['main/main.cjs', 'preload/main.cjs'],
  },
};
const LAST_WORDS_LENGTH = 2000;
const LOOK_AGAIN_MS = 200;

/**
 * @param root the checkout
 * @returns the folder of what is built
 * @throws AppError `missing-component` with the builder's last words
 */
export async function ensureBuilt(
  root: string,
  parts: readonly Part[],
  say: (line: string) => void,
): Promise<string> {
  const folder = join(root, 'out');
  if (parts.every((part) => isFresh(root, folder, part))) return folder;
  const release = await takeTurn(folder);
  try {
    for (const part of parts.filter((part) => !isFresh(root, folder, part))) {
      say(part === 'window' ? 'Building the window …' : 'Building the host …');
      const began = new Date();
      await build(root, part);
      markAsOf(began, folder, part);
    }
  } finally {
    release();
  }
  return folder;
}

function isFresh(root: string, folder: string, part: Part): boolean {
  const { sources, built } = PARTS[part];
  const oldest = Math.min(...built.map((file) => modifiedMs(join(folder, file))));
  return sources
    .map((path) => join(root, path))
    .filter(existsSync)
    .every((path) => newestMs(path) <= oldest);
}

/** What is saved while a build runs may not be in it, so that its files count as old as its beginning. */
function markAsOf(began: Date, folder: string, part: Part): void {
  for (const file of PARTS[part].built) utimesSync(join(folder, file), began, began);
}

/** One builder at a time; a mark whose process is gone counts for nothing. @returns how to end the turn */
async function takeTurn(folder: string): Promise<() => void> {
  const mark = join(folder, '.building');
  const own = `${mark}-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    // A link appears with its content, or not at all.
    while (!isLinked(own, mark)) {
      if (isAlive(Number(readText(mark)))) await sleep(LOOK_AGAIN_MS);
      else rmSync(mark, { force: true });
    }
  } finally {
    rmSync(own);
  }
  return () => rmSync(mark, { force: true });
}

function isLinked(own: string, mark: string): boolean {
  try {
    linkSync(own, mark);
    return true;
  } catch (thrown) {
    if (existsSync(mark)) return false;
    throw thrown;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function build(root: string, part: Part): Promise<void> {
  const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const child = spawn(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, LESION_LAB_BUILD: part },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS_LENGTH);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new AppError(
      'missing-component',
      `The product could not be built. Run "npm run setup", then start again. The builder said: ${words.trim()}`,
    );
  }
}

/** Of a file, or of the newest one in a folder. */
function newestMs(path: string): number {
  if (!statSync(path).isDirectory()) return modifiedMs(path);
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(0, ...files.map((entry) => modifiedMs(join(entry.parentPath, entry.name))));
}

const modifiedMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
