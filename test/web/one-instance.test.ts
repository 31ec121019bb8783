/** Two starts on one data folder, whichever hosts they are of. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { becomeInstance } from '../../src-main/hosts/one-instance.ts';
import { announceInstance } from '../../src-main/hosts/web/instance-file.ts';
import { lockFromAnotherProcess } from '../store/lock-elsewhere.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openHost } from './open-host.ts';

const MANY_LOOKS = 200;
const holdElsewhere = (dataFolder: string) =>
  lockFromAnotherProcess('process-lock', join(dataFolder, 'instance.lock'));

test('the first one has the folder, which is made, until it lets go of it', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const first = await becomeInstance(dataFolder, false);
  expect(existsSync(join(dataFolder, 'runs'))).toBe(true);
  await expect(becomeInstance(dataFolder, false, 1)).rejects.toMatchObject({ code: 'locked' });
  if ('release' in first) first.release();
  const next = await becomeInstance(dataFolder, false, 1);
  expect(next).toHaveProperty('release');
  if ('release' in next) onTestFinished(next.release);
});

test('a second one says in one line where the first, which cannot be asked, is open', async () => {
  const dataFolder = temporaryFolder();
  const { pid } = await holdElsewhere(dataFolder);
  const refused = becomeInstance(dataFolder, false, 1);
  await expect(refused).rejects.toMatchObject({ code: 'locked', details: { heldBy: pid } });
  await expect(refused).rejects.toThrow(
    new RegExp(`^Lesion Lab is open on ${dataFolder} already.*${pid}.*$`),
  );
});

test('a second one is given a window by a first that can be asked, once it has left its note', async () => {
  const { host, dataFolder } = await openHost();
  await holdElsewhere(dataFolder);
  const second = becomeInstance(dataFolder, false, MANY_LOOKS);
  onTestFinished(announceInstance(dataFolder, host));
  expect(await second).toEqual({ answer: 'a window was opened' });
});

test('a first one that dies makes way', async () => {
  const dataFolder = temporaryFolder();
  const first = await holdElsewhere(dataFolder);
  const second = becomeInstance(dataFolder, false, MANY_LOOKS);
  first.kill('SIGKILL');
  const instance = await second;
  expect(instance).toHaveProperty('release');
  if ('release' in instance) onTestFinished(instance.release);
});
