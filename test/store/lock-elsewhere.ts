/** A lock that another process holds until the test has finished. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const HOLDER = fileURLToPath(new URL('fixtures/hold-lock.ts', import.meta.url));

export async function lockFromAnotherProcess(
  kind: 'database' | 'process-lock',
  file: string,
): Promise<ChildProcess> {
  const child = fork(HOLDER, [kind, file], { execArgv: [] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'message');
  return child;
}
