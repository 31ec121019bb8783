import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAssets } from '../../src-main/app/assets.ts';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import type { Picture } from '../../src-main/app/thumbnails.ts';
import { AppError } from '../../src-main/contract/errors.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { sampleManifest } from '../store/samples.ts';
import { temporaryDatabase, temporaryFolder } from '../store/temporary.ts';

function openAssets(root = temporaryFolder()) {
  const db = temporaryDatabase();
  const folder = prepareDataFolder(root);
  const thumbnails = {
    async fileOf({ file, contentHash }: Picture) {
      if (contentHash.endsWith('2')) throw new AppError('disk-full', 'No space left.');
      const small = `${file}.small`;
      writeFileSync(small, 'few pixels');
      return small;
    },
  };
  return { db, assets: createAssets({ db, folder }, thumbnails) };
}

describe('a picture that a worker made', () => {
  test('is seen by its id until others take its place, then gone', async () => {
    const { assets } = openAssets();
    const draw = (name: string) => {
      const file = join(assets.workplace(), name);
      writeFileSync(file, 'pixels');
      return file;
    };
    const [first, second] = ['a.png', 'b.png'].map(draw);
    const id = assets.exhibit([first!]).get(first!)!;
    expect(await assets.fileOf(id)).toBe(first);
    assets.exhibit([second!]);
    await expect(assets.fileOf(id)).rejects.toThrow(/no picture .* any more/);
    expect(readdirSync(assets.workplace())).toEqual(['b.png']);
  });

  test('goes when the application closes; one left by a dead process, a day later', () => {
    const root = temporaryFolder();
    const { assets } = openAssets(root);
    const made = assets.workplace();
    writeFileSync(join(made, 'last.png'), 'pixels');
    assets.exhibit([join(made, 'last.png')]);
    assets.close();
    expect(readdirSync(made)).toEqual([]);

    writeFileSync(join(made, 'old'), '');
    writeFileSync(join(made, 'of-another-window'), '');
    const twoDaysAgo = new Date(Date.now() - 48 * 3600 * 1000);
    utimesSync(join(made, 'old'), twoDaysAgo, twoDaysAgo);
    openAssets(root);
    expect(readdirSync(made)).toEqual(['of-another-window']);
  });
});

describe('a picture of a dataset', () => {
  test('is found by its id, and nothing outside the folder is', async () => {
    const { assets, db } = openAssets();
    const root = temporaryFolder();
    mkdirSync(join(root, 'images'));
    writeFileSync(join(root, 'images', 'image-0.jpg'), 'pixels');
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'secret'), '');
    const [first, second, ...rest] = sampleManifest().images;
    const stray = { ...second!, path: `../${outside.split('/').at(-1)}/secret` };
    const id = insertDataset(db, {
      manifest: sampleManifest({ root, images: [first!, stray, ...rest] }),
      importedAt: '2026-01-01T00:00:00Z',
    });
    const original = join(root, 'images', 'image-0.jpg');
    expect(await assets.fileOf(`image:${id}:image-0`)).toBe(original);
    expect(await assets.fileOf(`thumbnail:${id}:image-0`)).toBe(`${original}.small`);
    for (const stranger of [
      `image:${id}:image-1`,
      `thumbnail:${id}:image-1`,
      `image:${id}:image-77`,
      'thumbnail:9:image-0',
      'image::',
      'x',
    ]) {
      await expect(assets.fileOf(stranger)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  test('stands in for a thumbnail that cannot be made', async () => {
    const { assets, db } = openAssets();
    const root = temporaryFolder();
    mkdirSync(join(root, 'images'));
    writeFileSync(join(root, 'images', 'image-2.jpg'), 'pixels');
    const id = insertDataset(db, {
      manifest: sampleManifest({ root }),
      importedAt: '2026-01-01T00:00:00Z',
    });
    expect(await assets.fileOf(`thumbnail:${id}:image-2`)).toBe(join(root, 'images', 'image-2.jpg'));
  });
});
