/** Builds the window where it is missing or older than its source. Runs in the host, from a checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';

/** What the window is made of. */
const SOURCES = [
  'src-renderer',
  'src-main/contract',
  'src-main/rpc',
  'src-main/numerics',
  'electron.vite.config.ts',
];
const LAST_WORDS_LENGTH = 2000;

/**
 * @param root the checkout
 * @returns the folder of the built window
 * @throws AppError `missing-component` with the builder's last words
 */
export async function ensureRenderer(root: string, say: (line: string) => void): Promise<string> {
  const renderer = join(root, 'out', 'renderer');
  const built = modifiedMs(join(renderer, 'index.html'));
  const sources = SOURCES.map((path) => join(root, path)).filter(existsSync);
  if (sources.every((path) => newestMs(path) <= built)) return renderer;
  say('Building the window …');
  await build(root);
  return renderer;
}

async function build(root: string): Promise<void> {
  const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const child = spawn(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
    cwd: root,
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
      `The window could not be built. Run "npm run setup", then start again. The builder said: ${words.trim()}`,
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
