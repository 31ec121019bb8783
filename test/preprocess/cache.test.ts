import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DatasetImage } from '../../src-main/contract/schema/dataset.ts';
import type { ItemProgress } from '../../src-main/dataset/concurrently.ts';
import { type PrepareOptions, prepareImages } from '../../src-main/preprocess/cache.ts';
import { decodeImage } from '../../src-main/preprocess/decode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { drawnPng, temporaryFolder } from '../dataset/pictures.ts';

const SIZE = { widthPx: 20, heightPx: 16 };
const ROW_BYTES = 20 * 16 * 3;

async function listed(root: string, name: string, seed: number): Promise<DatasetImage> {
  const path = join(root, name);
  writeFileSync(path, await drawnPng(seed));
  const { thumbnail: _, ...inspection } = await inspectImage(path);
  const patient = { ageYears: null, sex: null, site: null, dxType: null };
  return { imageId: name, path: name, classIndex: 0, lesionId: name, ...patient, ...inspection };
}

async function fourImages(): Promise<PrepareOptions> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'images'));
  const root = join(folder, 'images');
  const images = await Promise.all(
    ['a.png', 'b.png', 'c.png', 'd.png'].map((name, i) => listed(root, name, i)),
  );
  return { root, images, ...SIZE, cacheFolder: join(folder, 'cache') };
}

const cacheFiles = (options: PrepareOptions, ending: string) =>
  readdirSync(options.cacheFolder).flatMap((size) =>
    readdirSync(join(options.cacheFolder, size))
      .filter((name) => name.endsWith(ending))
      .map((name) => join(options.cacheFolder, size, name)),
  );

/** Hides the pictures, so that whatever comes out was read from the cache. */
const removePictures = ({ root }: PrepareOptions) => rmSync(root, { recursive: true });

describe('prepareImages', () => {
  test('gives what decodeImage gives, in the order of the images', async () => {
    const options = await fourImages();
    const prepared = await prepareImages(options);
    expect(prepared).toMatchObject({ ...SIZE, count: 4, skipped: [] });
    for (const [row, { imageId, path }] of options.images.entries()) {
      expect(prepared.indexOf(imageId)).toBe(row);
      const pixels = prepared.pixels.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES);
      expect(pixels).toEqual(await decodeImage(join(options.root, path), SIZE));
    }
    expect(prepared.indexOf('none')).toBe(-1);
  });

  test('the second time nothing is decoded, whatever the order and choice of images', async () => {
    const options = await fourImages();
    const first = await prepareImages(options);
    removePictures(options);
    const progress: ItemProgress[] = [];
    const chosen = [options.images[3]!, options.images[1]!];
    const second = await prepareImages({ ...options, images: chosen, onProgress: (p) => progress.push(p) });
    expect(second.skipped).toEqual([]);
    expect(progress).toEqual([]);
    for (const { imageId } of chosen) {
      const [from, to] = [first.indexOf(imageId), second.indexOf(imageId)];
      expect(second.pixels.subarray(to * ROW_BYTES, (to + 1) * ROW_BYTES)).toEqual(
        first.pixels.subarray(from * ROW_BYTES, (from + 1) * ROW_BYTES),
      );
    }
  });

  test('only a new picture is decoded; another size is another cache', async () => {
    const options = await fourImages();
    await prepareImages(options);
    const added = await listed(options.root, 'e.png', 9);
    for (const { path } of options.images) rmSync(join(options.root, path));
    const progress: ItemProgress[] = [];
    const images = [added, ...options.images];
    const prepared = await prepareImages({ ...options, images, onProgress: (p) => progress.push(p) });
    expect(prepared).toMatchObject({ count: 5, skipped: [] });
    expect(progress.at(-1)).toEqual({ done: 1, total: 1, remainingMs: 0 });
    const other = await prepareImages({ ...options, images, widthPx: 16, heightPx: 20 });
    expect(other.count).toBe(1);
    expect(other.skipped).toHaveLength(4);
  });

  test('a damaged row is noticed and decoded again', async () => {
    const options = await fourImages();
    const first = await prepareImages(options);
    const [pixels] = cacheFiles(options, '.pixels');
    const bytes = readFileSync(pixels!);
    bytes[ROW_BYTES + 5]! ^= 1;
    writeFileSync(pixels!, bytes);
    const again = await prepareImages(options);
    expect(again.pixels).toEqual(first.pixels);
    removePictures(options);
    expect((await prepareImages(options)).pixels).toEqual(first.pixels);
  });

  test.each([
    [
      'pixels cut short',
      '.pixels',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
    ],
    ['pixels gone', '.pixels', (file: string) => rmSync(file)],
    ['index that is not JSON', '.json', (file: string) => writeFileSync(file, '{"formatVersion": 1, "row')],
    ['index of another kind', '.json', (file: string) => writeFileSync(file, '{"formatVersion": 2}')],
  ])('a cache with %s is rebuilt', async (_, ending, damage) => {
    const options = await fourImages();
    const first = await prepareImages(options);
    damage(cacheFiles(options, ending)[0]!);
    expect((await prepareImages(options)).pixels).toEqual(first.pixels);
    removePictures(options);
    expect((await prepareImages(options)).pixels).toEqual(first.pixels);
  });

  test('a picture that is gone, broken or changed is skipped and named; the rest keeps its rows', async () => {
    const options = await fourImages();
    rmSync(join(options.root, 'a.png'));
    writeFileSync(join(options.root, 'c.png'), await drawnPng(77));
    const prepared = await prepareImages(options);
    expect(prepared.count).toBe(2);
    expect(prepared.pixels).toHaveLength(2 * ROW_BYTES);
    expect(prepared.skipped.map(({ imageId }) => imageId)).toEqual(['a.png', 'c.png']);
    expect(prepared.skipped[0]!.reason).toMatch(/no such file/);
    expect(prepared.skipped[1]!.reason).toMatch(/changed since the import/);
    expect(['a.png', 'b.png', 'c.png', 'd.png'].map(prepared.indexOf)).toEqual([-1, 0, -1, 1]);
    expect(prepared.pixels.slice(ROW_BYTES)).toEqual(await decodeImage(join(options.root, 'd.png'), SIZE));
  });

  test('cancelling stops it', async () => {
    const options = await fourImages();
    const stop = new AbortController();
    const run = prepareImages({ ...options, onProgress: () => stop.abort(), signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a cache folder that cannot be made is an error that names it', async () => {
    const options = await fourImages();
    const file = join(options.root, 'a.png');
    await expect(prepareImages({ ...options, cacheFolder: file })).rejects.toMatchObject({
      code: 'read-only',
      message: expect.stringContaining(file),
    });
  });

  test.skipIf(process.getuid?.() === 0)('a read-only cache folder is an error that names it', async () => {
    const options = await fourImages();
    mkdirSync(options.cacheFolder);
    chmodSync(options.cacheFolder, 0o500);
    await expect(prepareImages(options)).rejects.toMatchObject({ code: 'read-only' });
  });

  test('a block that no memory holds is an error that says so', async () => {
    const options = await fourImages();
    const images = new Array<DatasetImage>(4_000_000).fill(options.images[0]!);
    await expect(prepareImages({ ...options, images, widthPx: 2048, heightPx: 2048 })).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/2048 x 2048 need 50331\.6 GB of memory/),
    });
  });
});
