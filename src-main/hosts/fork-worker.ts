/** How a Node host (browser host, command line) starts a worker: a child process with a channel. Electron has its own way. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { WorkerHandle } from '../app/worker-process.ts';
import { childProcessLink } from '../rpc/child-process-link.ts';

const WORKER = fileURLToPath(new URL('../worker/main.ts', import.meta.url));
const LAST_WORDS_LENGTH = 2000;

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
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_LENGTH);
  });
  return {
    link: childProcessLink(child),
    kill: () => child.kill('SIGKILL'),
    lastWords: () => lastWords,
  };
}
