import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classCounts, problemCounts } from '../../src-main/dataset/checks.ts';
import { importDataset } from '../../src-main/dataset/import.ts';
import { writeSyntheticDataset } from '../../src-main/dataset/synthetic/write-dataset.ts';
import { encodeJpeg } from '../../src-main/preprocess/encode.ts';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { drawnPixels, temporaryFolder } from './pictures.ts';

const SMALL = { images: 42, widthPx: 60, heightPx: 45, encode: encodeJpeg };

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

describe('writeSyntheticDataset', () => {
  test('imports as HAM10000 with seven classes, several images a lesion, and the mark of being synthetic', async () => {
    const folder = join(temporaryFolder(), 'demo');
    await writeSyntheticDataset({ ...SMALL, folder });
    const manifest = await importDataset({ root: folder, inspect: inspectImage });
    expect(manifest).toMatchObject({ layout: 'ham10000', synthetic: true });
    expect(manifest.images).toHaveLength(42);
    expect(Math.min(...classCounts(manifest.classes, manifest.images))).toBeGreaterThanOrEqual(2);
    const lesions = new Set(manifest.images.map(({ lesionId }) => lesionId));
    expect(lesions.size).toBeLessThan(42);
    expect(lesions.size).toBeGreaterThan(14);
    expect(manifest.images.every(({ ageYears }) => ageYears === null || ageYears < 100)).toBe(true);
    expect(manifest.images[0]).toMatchObject({
      widthPx: 60,
      heightPx: 45,
      imageId: expect.stringMatching(/^SYN_/),
    });
    expect(problemCounts(manifest.problems)).toEqual({});
  });

  test('the same options give the same files, another seed others', async () => {
    const folders = [1, 2, 3].map((n) => join(temporaryFolder(), String(n)));
    await writeSyntheticDataset({ ...SMALL, images: 14, seed: 7, folder: folders[0]! });
    await writeSyntheticDataset({ ...SMALL, images: 14, seed: 7, folder: folders[1]! });
    await writeSyntheticDataset({ ...SMALL, images: 14, seed: 8, folder: folders[2]! });
    expect(contents(folders[1]!)).toEqual(contents(folders[0]!));
    const first = (folder: string) => contents(folder)['synthetic_images_part_1/SYN_000001.jpg'];
    expect(first(folders[2]!)).not.toBe(first(folders[0]!));
  });

  test('a set that is there is kept, half a set or another one is drawn anew, other files are left alone', async () => {
    const folder = join(temporaryFolder(), 'demo');
    const draw = (seed: number) => writeSyntheticDataset({ ...SMALL, images: 14, seed, folder });
    await draw(1);
    const whole = contents(folder);
    const picture = join(folder, 'synthetic_images_part_1/SYN_000001.jpg');
    writeFileSync(picture, 'kept as it is');
    await draw(1);
    expect(readFileSync(picture, 'utf8')).toBe('kept as it is');
    rmSync(join(folder, 'synthetic_metadata.csv'));
    await draw(1);
    expect(contents(folder)).toEqual(whole);
    await draw(2);
    expect(contents(folder)).not.toEqual(whole);

    const foreign = temporaryFolder();
    writeFileSync(join(foreign, 'thesis.tex'), '');
    await expect(writeSyntheticDataset({ ...SMALL, folder: foreign })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(readdirSync(foreign)).toEqual(['thesis.tex']);
  });

  test('cancelled, it leaves no table behind, so that no half set is imported', async () => {
    const folder = join(temporaryFolder(), 'demo');
    const stop = new AbortController();
    const run = writeSyntheticDataset({
      ...SMALL,
      folder,
      onProgress: () => stop.abort(),
      signal: stop.signal,
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(folder)).toContain('SYNTHETIC.txt');
    expect(readdirSync(folder)).not.toContain('synthetic_metadata.csv');
  });

  test('fewer images than two a class are refused', async () => {
    await expect(
      writeSyntheticDataset({ ...SMALL, images: 13, folder: temporaryFolder() }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^13 synthetic images: expected a whole number of at least 14/),
    });
  });
});

test('classes differ in what a network can learn: vascular lesions are redder than nevi, melanomas darker', () => {
  const meanOf = (code: string) => {
    const sums = [0, 0, 0];
    for (let seed = 0; seed < 12; seed++) {
      const pixels = drawnPixels(seed, 60, 45, code);
      for (let y = 18; y < 27; y++) {
        for (let x = 25; x < 35; x++) for (let c = 0; c < 3; c++) sums[c]! += pixels[(y * 60 + x) * 3 + c]!;
      }
    }
    return sums.map((sum) => sum / (12 * 90));
  };
  const [nv, mel, vasc] = [meanOf('nv'), meanOf('mel'), meanOf('vasc')];
  expect(vasc[0]! - vasc[1]!).toBeGreaterThan(nv[0]! - nv[1]! + 30);
  expect(mel[0]!).toBeLessThan(nv[0]! - 20);
});
