import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packOneRun } from '../app/packed-run.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { outcomeOf } from './lab.ts';

const MAIN = fileURLToPath(new URL('../../src-main/hosts/cli/main.ts', import.meta.url));

test('lab runs unpack takes a file into the history once, and lab runs pack makes it again', async () => {
  const [elsewhere, dataFolder] = [temporaryFolder(), temporaryFolder()];
  const file = join(elsewhere, 'runs.zip');
  await packOneRun(elsewhere, file);
  const lab = (...parameters: string[]) =>
    outcomeOf(
      spawn(process.execPath, [MAIN, 'runs', ...parameters, '--data-dir', dataFolder], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );

  const unpacked = await lab('unpack', file);
  expect(unpacked).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Run 1 cnn1 is in the history'),
  });
  expect(unpacked.stdout).toContain('lab data import');
  expect(existsSync(join(dataFolder, 'runs', '1', 'model', 'weights.bin'))).toBe(true);

  const again = await lab('unpack', file);
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('run 1 (cnn1)') });

  const target = join(dataFolder, 'again.zip');
  const packed = await lab('pack', '1', '--to', target, '--json');
  expect(JSON.parse(packed.stdout)).toMatchObject({ path: target, runs: [1] });
  expect(existsSync(target)).toBe(true);
});
