/** What a window without a dialog of the system may see of the disk. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseFolder, listFolder } from '../../src-main/app/folders.ts';
import { temporaryFolder } from '../store/temporary.ts';

/** home/{images 2,images 10,.hidden,table.csv,out → elsewhere,in → images 2} beside elsewhere/secret. */
function drawFolders() {
  const root = realpathSync(temporaryFolder());
  const home = join(root, 'home');
  for (const path of [
    'home/images 10',
    'home/images 2/part',
    'home/.hidden',
    'elsewhere/secret',
    'homestead',
  ]) {
    mkdirSync(join(root, path), { recursive: true });
  }
  writeFileSync(join(home, 'table.csv'), 'a');
  symlinkSync(join(root, 'elsewhere'), join(home, 'out'));
  symlinkSync(join(home, 'images 2', 'part'), join(home, 'in'));
  return { root, home, access: { kind: 'browse', roots: [home, join(root, 'nowhere')] } as const };
}

describe('the list of folders', () => {
  test('begins at the allowed places that are there', async () => {
    const { access, home } = drawFolders();
    expect(await listFolder(access, null)).toEqual({
      path: null,
      parent: null,
      folders: [{ name: home, path: home }],
      fileCount: 0,
    });
  });

  test('has what can be entered, in the order of people, and says how many files there are', async () => {
    const { access, home } = drawFolders();
    expect(await listFolder(access, home)).toEqual({
      path: home,
      parent: null,
      folders: [
        { name: 'images 2', path: join(home, 'images 2') },
        { name: 'images 10', path: join(home, 'images 10') },
        { name: 'part', path: join(home, 'images 2', 'part') },
      ],
      fileCount: 1,
    });
    expect(await listFolder(access, join(home, 'images 2'))).toMatchObject({ parent: home });
  });

  test('leads up from one allowed place into another around it', async () => {
    const { home, root } = drawFolders();
    const access = { kind: 'browse', roots: [home, root] } as const;
    expect(await listFolder(access, home)).toMatchObject({ parent: root });
    expect(await listFolder(access, root)).toMatchObject({ parent: null });
  });

  test.each(['elsewhere', 'home/..', 'home/out/secret', 'homestead', '.', 'home/images 2/../../elsewhere'])(
    'refuses %s, which is outside',
    async (path) => {
      const { access, root } = drawFolders();
      await expect(listFolder(access, `${root}/${path}`)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('--allow'),
      });
    },
  );

  test.each([
    ['home/gone', 'not-found'],
    ['home/table.csv', 'bad-input'],
  ])('says why %s cannot be shown', async (path, code) => {
    const { access, root } = drawFolders();
    await expect(listFolder(access, join(root, path))).rejects.toMatchObject({ code });
  });

  test('takes no path that depends on where the program was started', async () => {
    const { access } = drawFolders();
    await expect(listFolder(access, 'home')).rejects.toMatchObject({ code: 'bad-input' });
  });

  test('is refused by hosts that do not allow it', async () => {
    const dialog = { kind: 'dialog', choose: async () => '/chosen' } as const;
    await expect(listFolder(dialog, '/')).rejects.toMatchObject({ code: 'conflict' });
    await expect(listFolder(undefined, null)).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('the dialog of the system answers where there is one, and only there', async () => {
  expect(await chooseFolder({ kind: 'dialog', choose: async () => '/chosen' })).toBe('/chosen');
  expect(await chooseFolder({ kind: 'dialog', choose: async () => null })).toBeNull();
  await expect(chooseFolder({ kind: 'browse', roots: ['/'] })).rejects.toMatchObject({ code: 'conflict' });
  await expect(chooseFolder(undefined)).rejects.toMatchObject({ code: 'conflict' });
});
