/** How Electron starts a worker: a utility process, since its binary cannot be run as Node (fuse). Runs in the main process. */
import type { UtilityProcess, utilityProcess } from 'electron';
import type { WorkerHandle } from '../../app/worker-process.ts';
import { utilityProcessLink } from '../../rpc/utility-process-link.ts';
import { keepLastWords } from '../last-words.ts';

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
  return {
    link: utilityProcessLink(child),
    kill: () => kill(child),
    lastWords: keepLastWords(child.stderr),
  };
}

/** At once: Electron's own `kill` asks, and a worker inside a native call would not hear it. */
function kill(child: UtilityProcess): void {
  if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
}
