import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { explainFailure } from '../../src-main/hosts/cli/failure.ts';
import { createOutput } from '../../src-main/hosts/cli/output.ts';

function streams(columns?: number) {
  const out = new PassThrough();
  const error = Object.assign(new PassThrough(), { isTTY: true as const, columns: columns ?? 0 });
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return { out, error, written: () => ({ out: read(out), error: read(error) }) };
}

const failure = explainFailure({ code: 'conflict', message: 'It does not go.' });

test('for a person the result and the failure go different ways, and a live line is cleared before', () => {
  const { written, ...to } = streams();
  const output = createOutput(to, false);
  output.live('half done');
  output.result({ answer: 1 }, 'the answer');
  output.end(failure);
  const { out, error } = written();
  expect(out).toBe('the answer\n');
  expect(error).toMatch(/half done.*\[2KError: It does not go\.\nKept: {2}.+\nTo do: .+\n$/s);
});

test('with --json both are in one document, and nothing else is written', () => {
  const { written, ...to } = streams();
  const output = createOutput(to, true);
  output.live('half done');
  output.line('on the way');
  output.result({ answer: 1 }, 'the answer');
  output.end(failure);
  const { out, error } = written();
  expect(JSON.parse(out)).toEqual({ answer: 1, error: failure });
  expect(error).toBe('');
});

test.each([
  [20, 19],
  [0, 79],
])('a live line fits a terminal of %i columns', (columns, shown) => {
  const { written, ...to } = streams(columns);
  createOutput(to, false).live('x'.repeat(200));
  expect(written().error.match(/x+/)?.[0]).toHaveLength(shown);
});
