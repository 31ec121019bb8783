/** Runs the command line as a person does: a process of its own, a data folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';

const MAIN = fileURLToPath(new URL('../../src-main/hosts/cli/main.ts', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Lab {
  /** The folder with the synthetic images, the data folder, and room for files. */
  readonly images: string;
  readonly dataFolder: string;
  readonly folder: string;
  run(...parameters: string[]): Promise<Outcome>;
  /** Runs with --json and parses the one document. @throws when the status is not 0 */
  json<T>(...parameters: string[]): Promise<T>;
  /** Starts without waiting. */
  start(...parameters: string[]): ChildProcess;
  remove(): Promise<void>;
}

/** A few seconds on any machine. */
export const QUICK = ['--image-width-px', '24', '--image-height-px', '20', '--batch-size', '16'];

export async function openLab({ images: count = 60 } = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-cli-'));
  const images = join(folder, 'drawn');
  const dataFolder = join(folder, 'data');
  await writeSyntheticDataset({
    folder: images,
    images: count,
    seed: 3,
    widthPx: 40,
    heightPx: 30,
    encode: encodeJpeg,
  });
  const start = (...parameters: string[]) =>
    spawn(process.execPath, [MAIN, ...parameters], {
      env: { ...process.env, LESION_LAB_DATA_DIR: dataFolder },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a process group of its own, as a terminal gives it one, so that Ctrl-C can reach all of it
      detached: true,
      cwd: folder,
    });
  const run = (...parameters: string[]) => outcomeOf(start(...parameters));
  return {
    images,
    dataFolder,
    folder,
    start,
    run,
    async json<T>(...parameters: string[]): Promise<T> {
      const { status, stdout, stderr } = await run(...parameters, '--json');
      if (status !== 0) throw new Error(`lab ${parameters.join(' ')} ended with ${status}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...texts };
}

/** Resolves when the process has printed something that matches. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (pattern.test(text)) resolve();
    });
    child.once('close', () => reject(new Error(`it ended without printing ${pattern}: ${text}`)));
  });
}

/** The process id of the worker that a command has started; waits until it has one. */
export async function workerOf(child: ChildProcess): Promise<number> {
  while (child.exitCode === null) {
    const [worker] = childrenOf(child.pid!);
    if (worker !== undefined) return worker;
    await wait(20);
  }
  throw new Error('it ended without starting a worker');
}

function childrenOf(pid: number): number[] {
  const text =
    process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return text.split(/\s+/).filter(Boolean).map(Number);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return false;
    throw thrown;
  }
}
