/**
 * Runs one job in a worker process of its own and supervises it. Runs in the host.
 *
 * Guarantees: the process is gone when the promise settles; a cancel is a message first and a kill after a grace period;
 * a death is explained (`worker-died`, `out-of-memory`), never a hang.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../contract/errors.ts';
import { outOfMemory, tellsOutOfMemory } from '../contract/system-error.ts';
import { type WorkerContract, workerContract } from '../contract/worker.ts';
import { type Client, connect } from '../rpc/client.ts';
import type { Link } from '../rpc/link.ts';
import type { Logger } from './log.ts';

/** A worker process that a host has started. */
export interface WorkerHandle {
  readonly link: Link;
  /** Ends it at once (SIGKILL). */
  kill(): void;
  /** The last lines that it wrote on its error output. */
  lastWords(): string;
}

/** Starts a worker with these variables added to the environment. Each host has its own way to. */
export type SpawnWorker = (environment: Readonly<Record<string, string>>) => WorkerHandle;

export interface WorkerOptions {
  readonly spawn: SpawnWorker;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly signal?: AbortSignal | undefined;
  /** How long a cancelled job may take to stop before its process is killed. */
  readonly cancelGraceMs?: number | undefined;
  /** How many processes the system has ended for want of memory so far; default: what Linux counts. */
  readonly countMemoryKills?: (() => number) | undefined;
}

const CANCEL_GRACE_MS = 60_000;
const EXIT_GRACE_MS = 5_000;
/** A process killed from outside while it held this share of the memory was most likely killed for it. */
const HIGH_MEMORY_SHARE = 0.5;
/** Node's title of one, and that of TensorFlow after a check of its own that failed. */
const STACK_TRACE = /^(?:-+ (?:Native|JavaScript) stack trace|\*\*\* Check failure stack trace)/m;
/** What TensorFlow says as it starts, and what it goes on after; 2.9 begins its lines with the date. */
const REMARKS =
  /^[IW]\d{4} |^\d{4}-\d\d-\d\d [\d:.]+: [IW] |absl::InitializeLog|^To enable the following instructions/;

/** Starts a worker, hands a client to `job`, and ends the worker. @throws AppError whatever the job failed with. */
export async function withWorker<T>(
  options: WorkerOptions,
  job: (worker: Client<WorkerContract>) => Promise<T>,
): Promise<T> {
  const { signal, log } = options;
  const countKills = options.countMemoryKills ?? countMemoryKills;
  const killsBefore = countKills();
  const handle = options.spawn(options.environment);
  const worker = connect(handle.link, workerContract, (error) => log.warn({ err: error }, 'worker message'));
  const ended = new Promise<void>((resolve) => worker.onClose(() => resolve()));
  worker.on('log', ({ level, text }) => log[level](text));
  let residentBytes = 0;
  worker.on('progress', (progress) => {
    residentBytes = progress.residentBytes;
  });

  const graceMs = options.cancelGraceMs ?? CANCEL_GRACE_MS;
  let graceIsOver = false;
  let timer: NodeJS.Timeout | undefined;
  const startGrace = () => {
    timer = setTimeout(() => {
      graceIsOver = true;
      handle.kill();
    }, graceMs);
  };
  signal?.addEventListener('abort', startGrace, { once: true });
  try {
    return await job(worker);
  } catch (thrown) {
    if (graceIsOver)
      throw cancelled(`The job did not stop within ${graceMs / 1000} s and was ended.`, thrown);
    if (await wasInterrupted(thrown, signal)) throw cancelled('The job was cancelled.', thrown);
    const memoryKills = countKills() - killsBefore;
    throw explainDeath(thrown, { residentBytes, memoryKills, lastWords: handle.lastWords() });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', startGrace);
    await endWorker(worker, handle, ended);
  }
}

function cancelled(message: string, cause: unknown): AppError {
  return new AppError('cancelled', message, {
    cause,
    details: cause instanceof AppError ? { ...cause.details } : {},
  });
}

/** The worker's end may be told before the Ctrl-C that the host got at the same moment. */
async function wasInterrupted(thrown: unknown, signal: AbortSignal | undefined): Promise<boolean> {
  if (!signal || !diedOfInterrupt(thrown)) return false;
  await nextTurn();
  return signal.aborted;
}

/** Ctrl-C reaches the whole process group of a terminal, and a worker that has only just started does not yet stand it. */
function diedOfInterrupt(thrown: unknown): boolean {
  return (
    thrown instanceof AppError &&
    thrown.code === 'worker-died' &&
    ['SIGINT', 'SIGTERM', 'SIGHUP'].includes(String(thrown.details?.signal))
  );
}

async function endWorker(
  worker: Client<WorkerContract>,
  handle: WorkerHandle,
  ended: Promise<void>,
): Promise<void> {
  worker.close();
  const timer = setTimeout(() => handle.kill(), EXIT_GRACE_MS);
  await ended;
  clearTimeout(timer);
}

/** Says why a worker is gone, as far as it can be told; other failures come back as they are. */
export function explainDeath(
  thrown: unknown,
  seen: { residentBytes: number; lastWords: string; memoryBytes?: number; memoryKills?: number },
): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'worker-died') return thrown;
  const memoryBytes = seen.memoryBytes ?? usableMemoryBytes();
  const ranShort = (seen.memoryKills ?? 0) > 0 || seen.residentBytes > HIGH_MEMORY_SHARE * memoryBytes;
  const killedForMemory = thrown.details?.signal === 'SIGKILL' && ranShort;
  const said = seen.lastWords.split(STACK_TRACE)[0]!.trim().split('\n');
  // no further back: a library that lacks memory for one way goes on by another
  if (killedForMemory || tellsOutOfMemory(said.slice(-3).join('\n'))) {
    return outOfMemory(thrown);
  }
  const words = said.findLast((line) => !REMARKS.test(line));
  return new AppError('worker-died', words ? `${thrown.message} Its last words: ${words}` : thrown.message, {
    cause: thrown,
    details: { ...thrown.details, lastWords: seen.lastWords },
  });
}

/**
 * Linux counts them, those in containers too; 0 elsewhere. Needed beside the memory that a worker tells of: one that dies in its first step has
 * told of none.
 */
function countMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** What a process may use: the machine's memory, or the limit of the container around it. */
function usableMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}
