/** What a person answers before something is deleted, on a terminal that is a pair of streams. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../src-main/hosts/cli/confirm.ts';

const never = { signal: new AbortController().signal };

function asked(typed: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  output.once('data', () => input.write(typed));
  return confirm(never, 'Delete it?', undefined, { input, output });
}

test.each(['y\r', 'yes\r', 'Y\r'])('%j agrees', async (typed) => {
  await expect(asked(typed)).resolves.toBeUndefined();
});

test.each([
  ['no', 'n\r'],
  ['nothing', '\r'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s does not agree, and is no failure', async (_name, typed) => {
  await expect(asked(typed)).rejects.toMatchObject({ code: 'cancelled', message: 'Not agreed.' });
});
