import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileWhole } from '../../src-main/dataset/write-file.ts';
import { temporaryFolder } from './pictures.ts';

function* runsFullAfter(chunk: string): Generator<string> {
  yield chunk;
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

test('writes the chunks in their order, making the folder', async () => {
  const path = join(temporaryFolder(), 'a', 'b', 'file.txt');
  await writeFileWhole(path, ['one ', Buffer.from('two '), 'three']);
  expect(readFileSync(path, 'utf8')).toBe('one two three');
  expect(readdirSync(join(path, '..'))).toEqual(['file.txt']);
});

test('a disk that fills up midway leaves the old file and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file.txt');
  writeFileSync(path, 'old');
  await expect(writeFileWhole(path, runsFullAfter('new'))).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/file\.txt: no space left; free some/),
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['file.txt']);
});

test('a cancel midway leaves the old file and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'file.txt');
  writeFileSync(path, 'old');
  const cancelling = new AbortController();
  function* cancelledAfter(chunk: string): Generator<string> {
    yield chunk;
    cancelling.abort();
  }
  await expect(writeFileWhole(path, cancelledAfter('new'), cancelling.signal)).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['file.txt']);
});

test('a folder that cannot be made is named', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(writeFileWhole(join(folder, 'file', 'b.txt'), ['x'])).rejects.toMatchObject({
    code: 'read-only',
    message: expect.stringMatching(/b\.txt: cannot be written \(E/),
  });
});
