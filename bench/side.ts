/** One of the two sides: a child process that answers JSON lines on its standard output, one for each request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Hello, Measurement, Request, Task } from './task.ts';

export interface Program {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Side {
  readonly hello: Hello;
  /** Builds what `task` needs and runs it once, unmeasured. */
  setUp(task: Task): Promise<void>;
  /** Seconds of one measurement. */
  measure(): Promise<number>;
  /** Highest resident memory so far in bytes; null where the system does not tell (Linux does). */
  peakBytes(): number | null;
  /** Ends the process. */
  close(): Promise<void>;
}

const LAST_WORDS = 2000;

/** Starts a side and waits until its libraries are loaded. @throws Error with its last words when it ends early */
export async function openSide({ command, parameters, environment }: Program): Promise<Side> {
  const child = spawn(command, [...parameters], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const nextAnswer = answersOf(child, [command, ...parameters].join(' '));
  const ask = async (request: Request): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return await nextAnswer();
  };
  return {
    hello: (await nextAnswer()) as Hello,
    setUp: async (task) => {
      await ask({ do: 'set-up', task });
    },
    measure: async () => ((await ask({ do: 'measure' })) as Measurement).seconds,
    peakBytes: () => readPeak(child.pid!),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** A function that waits for the next line. One request is under way at a time. */
function answersOf(child: ChildProcess, name: string): () => Promise<unknown> {
  const lines: string[] = [];
  let waiting: (() => void) | null = null;
  let failure: string | null = null;
  let lastWords = '';
  const wake = () => waiting?.();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.once('error', (error) => {
    failure = error.message;
    wake();
  });
  child.once('close', (code, signal) => {
    failure ??= `ended with ${signal ?? code}`;
    wake();
  });
  child.stdin?.once('error', () => wake());
  return async () => {
    while (lines.length === 0) {
      if (failure) throw new Error(`${name} ${failure}:\n${lastWords}`);
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    return JSON.parse(lines.shift()!) as unknown;
  };
}

/** The process's own high-water mark; that of getrusage would count its parent's memory before the start. */
export function readPeak(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Number(found[1]) * 1024 : null;
}
