import { execFileSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chooseDataFolder, prepareDataFolder } from '../../src-main/app/paths.ts';
import { temporaryFolder } from '../store/temporary.ts';

const linux = { env: {}, platform: 'linux', home: '/home/ada' } as const;

describe.skipIf(process.platform === 'win32')('the data folder', () => {
  test.each([
    ['Linux', linux, '/home/ada/.local/share/lesion-lab'],
    ['Linux with XDG', { ...linux, env: { XDG_DATA_HOME: '/xdg' } }, '/xdg/lesion-lab'],
    ['macOS', { ...linux, platform: 'darwin' }, '/home/ada/Library/Application Support/Lesion Lab'],
    ['Windows', { ...linux, platform: 'win32', env: { LOCALAPPDATA: '/local' } }, '/local/Lesion Lab'],
    ['the variable', { ...linux, env: { LESION_LAB_DATA_DIR: '/data/lab' } }, '/data/lab'],
  ] as const)('is the usual place on %s', (_name, system, expected) => {
    expect(chooseDataFolder(undefined, system)).toBe(expected);
  });

  test('is what a person chose, before anything else', () => {
    const system = { ...linux, env: { LESION_LAB_DATA_DIR: '/data/lab' } };
    expect(chooseDataFolder('/mine', system)).toBe('/mine');
    expect(() => chooseDataFolder('', system)).toThrow('--data-dir needs a folder; received ""');
  });

  test('is closed to others when it is made, and left as it is when it was there', () => {
    const folder = temporaryFolder();
    const made = join(folder, 'made');
    prepareDataFolder(made);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    chmodSync(made, 0o750);
    prepareDataFolder(made);
    expect(statSync(made).mode & 0o777).toBe(0o750);
  });

  test.skipIf(process.platform !== 'linux')(
    'that cannot be made anywhere is an error, not an endless try (/proc, Linux)',
    () => {
      expect(() => prepareDataFolder('/proc/lesion-lab/data')).toThrow(/\/proc\/lesion-lab/);
    },
  );

  test('that may not be written is refused as read-only, whether it is there or not', () => {
    const folder = temporaryFolder();
    const file = fileURLToPath(new URL('fixtures/prepare-as-stranger.ts', import.meta.url));
    const prepare = (path: string) => execFileSync(process.execPath, [file, path], { encoding: 'utf8' });
    const there = join(folder, 'there');
    prepareDataFolder(there);
    for (const path of [there, folder]) chmodSync(path, 0o555);
    expect(prepare(there)).toMatch(/^read-only: .*--data-dir/);
    expect(prepare(join(folder, 'new'))).toMatch(/^read-only: .*new.*--data-dir/);
    for (const path of [folder, there]) chmodSync(path, 0o755);
  });
});
