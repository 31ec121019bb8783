import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { storeHistory } from '../support/stored-history.ts';
import { outcomeOf } from './lab.ts';

const MAIN = fileURLToPath(new URL('../../src-main/hosts/cli/main.ts', import.meta.url));

test('lab runs export takes the place of an earlier export of the run, and of no other', async () => {
  const dataFolder = temporaryFolder();
  storeHistory(dataFolder, 2);
  const target = join(dataFolder, 'exported');
  const exported = (run: string) =>
    outcomeOf(
      spawn(process.execPath, [MAIN, 'runs', 'export', run, '--to', target, '--data-dir', dataFolder], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  expect(await exported('1')).toMatchObject({ status: 0 });
  expect(await exported('1')).toMatchObject({ status: 0 });
  const kept = readFileSync(join(target, 'run.json'), 'utf8');
  const message = expect.stringContaining('is of another run; choose another folder');
  expect(await exported('2')).toMatchObject({ status: 1, stderr: message });
  expect(readFileSync(join(target, 'run.json'), 'utf8')).toBe(kept);
  writeFileSync(join(target, 'run.json'), 'null');
  expect(await exported('1')).toMatchObject({ status: 1, stderr: message });
});
