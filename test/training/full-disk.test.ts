/** Disks that are really full: a tiny file system in a mount namespace of its own, and a limit on the size of files. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';

const script = join(import.meta.dirname, '../support/write-until-full.ts');

/** Mounts a file system of this size at $1 for the commands after it alone. */
const mounted = (size: string) => [
  '-rm',
  'sh',
  '-c',
  `mount -t tmpfs -o size=${size} tmpfs "$0" && exec "$@"`,
];
const canMount =
  process.platform === 'linux' && spawnSync('unshare', [...mounted('64k'), tmpdir(), 'true']).status === 0;
const onSmallDisk = it.skipIf(!canMount);
const why = canMount ? '' : ' (skipped: needs Linux and the right to mount in a namespace)';

function onDiskOf(size: string, what: 'train' | 'features' | 'store' | 'open') {
  const folder = temporaryFolder();
  const command = [process.execPath, script, what, folder];
  const { stdout, stderr } = spawnSync('unshare', [...mounted(size), folder, ...command], {
    encoding: 'utf8',
  });
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

// a checkpoint of this network is 3.3 MB; the next is written before the last is removed
onSmallDisk(`a training whose disk fills up keeps its last whole checkpoint${why}`, () => {
  const ended = onDiskOf('5m', 'train');
  expect(ended).toMatchObject({
    failure: { code: 'disk-full', message: expect.stringMatching(/checkpoint.*no space left/) },
    unfinished: [],
  });
  expect(ended.epoch).toBeGreaterThanOrEqual(1);
});

onSmallDisk(`features that a disk has no room for are refused before they are made${why}`, () => {
  const message = expect.stringMatching(/take \d+ MB, but the disk .* has [12] MB free.*"augmentationBank"/);
  expect(onDiskOf('2m', 'features')).toEqual({ failure: { code: 'disk-full', message }, left: [] });
});

onSmallDisk(`a history whose disk fills up names its file and keeps what was stored${why}`, () => {
  const { failure, stored, listed } = onDiskOf('2m', 'store');
  expect(failure).toMatchObject({ code: 'disk-full', message: expect.stringContaining('history.sqlite') });
  expect(stored).toBeGreaterThan(0);
  expect(listed).toBe(stored);
});

onSmallDisk(`a history on a disk without one free block cannot be opened, and says why${why}`, () => {
  const message = expect.stringMatching(/history\.sqlite is full.*Free some space/);
  expect(onDiskOf('2m', 'open')).toMatchObject({ failure: { code: 'disk-full', message } });
});

describe.skipIf(process.platform === 'win32')('a file that may not grow (not on Windows)', () => {
  function under(limit: string, what: string) {
    const parameters = ['-c', `ulimit -f ${limit}; exec "$0" "$@"`, process.execPath, script, what];
    const { stdout, stderr } = spawnSync('bash', [...parameters, temporaryFolder()], { encoding: 'utf8' });
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout);
  }

  it('is explained like a full disk', () => {
    expect(under('1000', 'train')).toMatchObject({
      failure: { code: 'disk-full', message: expect.stringMatching(/checkpoint.*file size limit/) },
      unfinished: [],
      epoch: null,
    });
  });

  it.each(['h5', 'keras'])('is explained so too where a model is exported as .%s', (ending) => {
    expect(under('100', `export-${ending}`)).toEqual({
      failure: { code: 'disk-full', message: expect.stringContaining('ulimit -f unlimited') },
      left: [],
    });
  });
});
