import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const LIMIT_KIB = 2_000_000;
const script = join(import.meta.dirname, '../support/train-in-little-memory.ts');

// the limit is the shell's: `ulimit -d` counts what a process allocates on Linux alone
it.skipIf(process.platform !== 'linux')(
  `fails as out-of-memory, with what to do, when a step does not fit (limit of ${LIMIT_KIB} KiB; Linux only)`,
  () => {
    const command = `ulimit -d ${LIMIT_KIB}; exec "$0" "$1" "$2"`;
    const parameters = ['-c', command, process.execPath, script, join(tmpdir(), 'lesion-lab-never-written')];
    const failure = JSON.parse(
      execFileSync('bash', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    expect(failure).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/batchSize 80.*smaller batch/s),
    });
  },
);
