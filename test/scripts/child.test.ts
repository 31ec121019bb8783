/** Programs that npm's scripts hand the terminal to: they end as the program ends. */
import { expect, it } from 'vitest';
import { findProgram, holdTerminal, run } from '../../scripts/setup/child.mjs';
import { makeFakeCheckout, makePath } from './fake-checkout.ts';

it('hands on the exit status, and the signal that ended the program', async () => {
  expect(await holdTerminal(process.execPath, ['-e', 'process.exit(7)'])).toBe(7);
  expect(await holdTerminal(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'])).toBe(143);
});

it('ends a program that takes too long, and tells one that cannot be started', async () => {
  const endless = ['-e', 'setInterval(() => {}, 1000)'];
  expect((await run(process.execPath, endless, { timeoutMs: 200 })).code).not.toBe(0);
  expect(await run('no-such-program', [])).toMatchObject({
    code: 127,
    stderr: expect.stringContaining('ENOENT'),
  });
});

it.skipIf(process.platform === 'win32')('finds the first of several programs on PATH', () => {
  const { place } = makeFakeCheckout();
  const folder = makePath({ 'g++': 'exit 0' });
  expect(findProgram({ ...place, env: { PATH: folder } }, ['c++', 'g++'])).toBe(`${folder}/g++`);
  expect(findProgram({ ...place, env: {} }, ['g++'])).toBeNull();
});
