/** Starting Electron from a checkout. Runs in the launcher. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ElectronStart {
  readonly root: string;
  readonly program: string;
  readonly dataFolder: string;
  /** For developers: rebuilds and reloads what changes. */
  readonly dev: boolean;
  readonly userId: number | undefined;
}

/** Of the product's own switches, and Chromium's: it refuses to start for root with its sandbox. */
export function electronArguments({
  dataFolder,
  userId,
}: Pick<ElectronStart, 'dataFolder' | 'userId'>): string[] {
  return [`--data-dir=${dataFolder}`, ...(userId === 0 ? ['--no-sandbox'] : [])];
}

/** Runs Electron until it ends. A second one on the same data folder shows the window of the first. @returns its exit code */
export async function runElectron(start: ElectronStart): Promise<number> {
  const { root, program, dev } = start;
  const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const [file, ...first] = dev ? [process.execPath, builder, 'dev', '--watch', '--'] : [program, root];
  const child = spawn(file, [...first, ...electronArguments(start)], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches Electron too, which ends safely; this process waits for it.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  try {
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } finally {
    process.off('SIGINT', wait);
  }
}
