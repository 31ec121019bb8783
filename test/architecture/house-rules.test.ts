/** Rules that no linter has: the length of files, no promises to finish them later, and a reason for every dependency. */
import { readdirSync } from 'node:fs';
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

it('tells no command that the Node of a machine cannot run by itself: TypeScript starts by scripts/run.mjs', () => {
  const docs = [
    'README.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const bare = /\bnode (?!scripts\/run\.mjs)\S+\.ts\b/;
  expect([...docs, ...files].filter((path) => bare.test(readSource(path)))).toEqual([]);
});

it('has a line in the README on why each package is there', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readSource('package.json'));
  const rows = readSource('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(names.filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([]);
});
