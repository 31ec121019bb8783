/** Rules for files that no linter has: their length, and no promises to finish them later. */
import { expect, it } from 'vitest';
import { readSource, sourceFiles } from './source-files.ts';

const files = ['src-main', 'src-preload', 'src-renderer', 'scripts', 'bench'].flatMap(sourceFiles);

it('keeps every file within 400 lines', () => {
  const tooLong = files.filter((path) => readSource(path).trimEnd().split('\n').length > 400);
  expect(tooLong).toEqual([]);
});

it('leaves nothing marked as unfinished', () => {
  const marks = files.flatMap((path) =>
    readSource(path)
      .split('\n')
      .flatMap((line, index) =>
        /\b(TODO|FIXME|XXX)\b/.test(line) ? `${path}:${index + 1}: ${line.trim()}` : [],
      ),
  );
  expect(marks).toEqual([]);
});
