import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { JOB_COMPUTE, workerEnvironment } from '../../src-main/app/worker-environment.ts';
import { explainDeath } from '../../src-main/app/worker-process.ts';
import { AppError, toFailure } from '../../src-main/contract/index.ts';

const LIMIT_KIB = 3_000_000;
const script = join(import.meta.dirname, '../support/train-in-little-memory.ts');

// the limit is the shell's: `ulimit -d` counts what a process allocates on Linux alone
it.skipIf(process.platform !== 'linux')(
  `fails as out-of-memory, with what to do, when a step does not fit (limit of ${LIMIT_KIB} KiB; Linux only)`,
  () => {
    const command = `ulimit -d ${LIMIT_KIB}; exec "$0" "$1" "$2"`;
    const parameters = ['-c', command, process.execPath, script, join(tmpdir(), 'lesion-lab-never-written')];
    const env = { ...process.env, ...workerEnvironment({ ...JOB_COMPUTE, device: 'cpu' }) };
    const { stdout, stderr, status, signal } = spawnSync('bash', parameters, { encoding: 'utf8', env });
    expect(failureOf(stdout, stderr), `status ${status}, signal ${signal}: ${stderr}`).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/smaller batch/),
    });
  },
);

/**
 * As the host of a worker reads its end: which allocation comes last decides whether TensorFlow reports it, so that the
 * process says it, its own library throws bad_alloc, or oneDNN's kernel goes on without the memory, and either ends the process.
 */
function failureOf(stdout: string, stderr: string): unknown {
  if (stdout !== '') return JSON.parse(stdout);
  const death = new AppError('worker-died', 'The worker process ended.');
  return toFailure(explainDeath(death, { residentBytes: 0, lastWords: stderr }));
}
