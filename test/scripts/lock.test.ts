/** Two set-ups at once: the second waits, and a lock whose owner died holds nobody up. */
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLock } from '../../scripts/setup/lock.mjs';
import { listFiles, makeFakeCheckout, write } from './fake-checkout.ts';

it('lets one set-up work at a time', async () => {
  const { place, said } = makeFakeCheckout();
  const events: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = withLock(place, async () => {
    events.push('first begins');
    await first.promise;
    events.push('first ends');
  });
  const two = withLock(place, async () => {
    events.push('second begins');
  });
  first.resolve();
  await Promise.all([one, two]);
  expect(events).toEqual(['first begins', 'first ends', 'second begins']);
  expect(said).toEqual([expect.stringContaining(`Waiting for another set-up (process ${process.pid} on`)]);
});

it('takes over the lock of a process that is gone', async () => {
  const { place } = makeFakeCheckout();
  const { pid } = spawnSync(process.execPath, ['--version']);
  write(join(place.cache, 'setup.lock', 'owner.json'), JSON.stringify({ pid, host: hostname() }));
  await expect(withLock(place, async () => 'done')).resolves.toBe('done');
  expect(listFiles(place.cache)).toEqual([]);
});

it('gives the lock back when set-up fails', async () => {
  const { place } = makeFakeCheckout();
  const failing = withLock(place, async () => {
    throw new Error('no disk');
  });
  await expect(failing).rejects.toThrow('no disk');
  expect(listFiles(place.cache)).toEqual([]);
});
