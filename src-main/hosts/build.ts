/** Builds the product where it is missing or older than its source. Runs in the host, from a checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';

/** The window alone is all that the browser host needs; Electron needs everything. */
export type Part = 'window' | 'everything';

const WINDOW_SOURCES = [
  'src-renderer',
  'src-main/contract',
  'src-main/rpc',
  'src-main/numerics',
  'electron.vite.config.ts',
];
const PARTS: Record<Part, { readonly sources: readonly string[]; readonly built: readonly string[] }> = {
  window: { sources: WINDOW_SOURCES, built: ['renderer/index.html'] },
  everything: {
    sources: [...WINDOW_SOURCES, 'src-main', 'src-preload', 'scripts/build'],
    built: ['renderer/index.html', 'main/main.js', 'preload/main.cjs'],
  },
};
const LAST_WORDS_LENGTH = 2000;

/**
 * @param root the checkout
 * @returns the folder of what is built
 * @throws AppError `missing-component` with the builder's last words
 */
export async function ensureBuilt(root: string, part: Part, say: (line: string) => void): Promise<string> {
  const folder = join(root, 'out');
  const { sources, built } = PARTS[part];
  const oldest = Math.min(...built.map((file) => modifiedMs(join(folder, file))));
  const present = sources.map((path) => join(root, path)).filter(existsSync);
  if (present.every((path) => newestMs(path) <= oldest)) return folder;
  say(part === 'window' ? 'Building the window …' : 'Building the product …');
  await build(root, part);
  return folder;
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
