/** How a Node host (browser host, command line) starts a worker: a child process with a channel. Electron has its own way. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkerHandle } from '../app/worker-process.ts';
import { childProcessLink } from '../rpc/child-process-link.ts';
import { keepLastWords } from './last-words.ts';

const WORKER = fileURLToPath(new URL('../worker/main.ts', import.meta.url));

/**
 * @param environment added to this process's own
 * @param file the worker's entry
 */
export function forkWorker(environment: Readonly<Record<string, string>>, file = WORKER): WorkerHandle {
  const child = fork(file, [], {
    env: { ...process.env, ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return {
    link: childProcessLink(child),
    kill: () => child.kill('SIGKILL'),
    lastWords: keepLastWords(child.stderr),
  };
}
