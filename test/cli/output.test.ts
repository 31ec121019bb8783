import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { explainFailure, formatFailure } from '../../src-main/hosts/cli/failure.ts';
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

test('a failure does not say that nothing was changed where something was', () => {
  const { written, ...to } = streams();
  const output = createOutput(to, false);
  output.changed('Dataset 2 (new) was imported.');
  output.end(explainFailure({ code: 'cancelled', message: 'Cancelled on request.' }, output.changes));
  const { error } = written();
  expect(error).toContain('Kept:  Everything that was there before. Dataset 2 (new) was imported.\n');
  expect(error).not.toContain('Nothing was changed');
});

test.each([{ runId: 7, epochsDone: 3 }, { kept: 'The runs of the table are in the history.' }])(
  'what was changed before is told beside what the failure itself kept: %j',
  (details) => {
    const failed = { code: 'diverged', message: 'It failed.', details } as const;
    const explained = explainFailure(failed, ['Dataset 2 (new) was imported.']);
    expect(explained.kept).toMatch(/in the history\. Dataset 2 \(new\) was imported\.$/);
    expect(formatFailure(explained)).toContain(`Kept:  ${explained.kept}\n`);
  },
);

test.each([
  ['locked', /"lab resume 7" goes on from the last epoch/],
  ['disk-full', /Free some space.*"lab resume 7" goes on/],
  ['diverged', /Then start a new run/],
] as const)('a run that failed as %s: what to do', (code, next) => {
  const details = { runId: 7, epochsDone: 3 };
  const explained = explainFailure({ code, message: 'It failed.', details });
  expect(explained.kept).toMatch(/Run 7 with its 3 finished/);
  expect(explained.next).toMatch(next);
});
