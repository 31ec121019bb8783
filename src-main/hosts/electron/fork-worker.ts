/** How Electron starts a worker: a utility process, since its binary cannot be run as Node (fuse). Runs in the main process. */
import type { UtilityProcess, utilityProcess } from 'electron';
import type { WorkerHandle } from '../../app/worker-process.ts';
import { utilityProcessLink } from '../../rpc/utility-process-link.ts';

const LAST_WORDS_LENGTH = 2000;

/** @param environment added to this process's own @param file the worker's entry */
export function forkUtility(
  utility: Pick<typeof utilityProcess, 'fork'>,
  environment: Readonly<Record<string, string>>,
  file: string,
): WorkerHandle {
  const child = utility.fork(file, [], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    serviceName: 'Lesion Lab worker',
    // TensorFlow's library is signed by nobody on macOS.
    allowLoadingUnsignedLibraries: true,
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_LENGTH);
  });
  return { link: utilityProcessLink(child), kill: () => kill(child), lastWords: () => lastWords };
}

/** At once: Electron's own `kill` asks, and a worker inside a native call would not hear it. */
function kill(child: UtilityProcess): void {
  if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
}
