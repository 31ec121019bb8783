import { describe, expect, test } from 'vitest';
import { chooseDataFolder } from '../../src-main/app/paths.ts';

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
  });
});
