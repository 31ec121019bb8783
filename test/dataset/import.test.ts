import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ItemProgress } from '../../src-main/dataset/concurrently.ts';
import { folderPerClass } from '../../src-main/dataset/folder-per-class.ts';
import { ham10000 } from '../../src-main/dataset/ham10000.ts';
import type { ImportOptions } from '../../src-main/dataset/import.ts';
import { uniqueById } from '../../src-main/dataset/registry.ts';
import { ham, importFrom, problemsOf, THREE_ROWS } from './folders.ts';
import { asSharp, drawnJpeg, drawnPixels, temporaryFolder, writeFiles } from './pictures.ts';

describe('duplicates', () => {
  test('the same file twice, and the same picture in another size and encoding', async () => {
    const original = asSharp(drawnPixels(11, 240, 180, 'mel'), 240, 180);
    const root = await ham(['L1,A,mel,,,,', 'L2,B,nv,,,,', 'L3,C,mel,,,,', ...THREE_ROWS], {
      'x/A.png': await original.png().toBuffer(),
      'x/B.png': await original.png().toBuffer(),
      'x/C.jpg': await original.resize(160, 120).linear(0.9, 8).jpeg({ quality: 70 }).toBuffer(),
    });
    const manifest = await importFrom(root);
    expect(problemsOf(manifest, 'exact-duplicate')).toEqual([
      {
        kind: 'exact-duplicate',
        imageIds: ['A', 'B'],
        message: 'A, B are the same file, of the lesions L1, L2.',
      },
    ]);
    const near = problemsOf(manifest, 'near-duplicate');
    expect(near.map(({ imageIds }) => imageIds)).toEqual([['A', 'C']]);
    expect(near[0]!.message).toMatch(
      /^A and C show nearly the same \(correlation 0\.99\d+\), of the lesions L1, L3\.$/,
    );
  });

  test('flat pictures and different lesions of one kind are not near-duplicates', async () => {
    const root = temporaryFolder();
    const flat = (value: number) =>
      asSharp(new Uint8Array(60 * 45 * 3).fill(value))
        .jpeg()
        .toBuffer();
    const nevi = Object.fromEntries(
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => [`nv/n${i}.jpg`, await drawnJpeg(100 + i)]),
      ),
    );
    writeFiles(root, {
      ...nevi,
      'flat/f1.jpg': await flat(40),
      'flat/f2.jpg': await flat(41),
      'flat/f3.jpg': await flat(200),
    });
    expect((await importFrom(root)).problems).toEqual([]);
  });
});

describe('what gives no dataset is an error that says what to do', () => {
  const failure = async (root: string, options: Partial<ImportOptions> = {}) =>
    await importFrom(root, options).then(
      () => 'imported',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  test('a missing folder, a file, an unknown layout', async () => {
    const root = await ham(THREE_ROWS);
    expect(await failure(join(root, 'no'))).toBe(
      `not-found: ${join(root, 'no')}: there is no such folder; check the path.`,
    );
    expect(await failure(join(root, 'HAM10000_metadata.csv'))).toMatch(
      /^bad-dataset: .* is a file; give the folder/,
    );
    expect(await failure(root, { layout: 'ham1000' })).toBe(
      'bad-input: there is no layout "ham1000"; did you mean "ham10000"? Known are ham10000, folder-per-class.',
    );
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be read', async () => {
    const root = await ham(THREE_ROWS);
    chmodSync(join(root, 'HAM10000_images_part_2'), 0);
    expect(await failure(root)).toMatch(/^bad-dataset: .*HAM10000_images_part_2: cannot be read \(EACCES\)/);
  });

  test('a folder of no layout, an empty one, one that is split already', async () => {
    const root = temporaryFolder();
    expect(await failure(root)).toMatch(
      /^bad-dataset: .*not recognised as a dataset \(found 0 images, 0 tables\)\. ham10000 needs .*but there is no CSV table\. folder-per-class needs .*at least 2 are needed\.$/,
    );
    writeFiles(root, { 'nv/a.bmp': 'BM', 'mel/b.dcm': '' });
    expect(await failure(root)).toContain(
      '(found 0 images, 0 tables, 2 pictures that are neither JPEG nor PNG)',
    );
    writeFiles(root, { 'train/mel/a.jpg': await drawnJpeg(1), 'test/mel/b.jpg': await drawnJpeg(2) });
    expect(await failure(root)).toMatch(/sub-folders \(test, train\) are parts of a split, not classes/);
  });

  test('missing columns are named', async () => {
    const root = await ham([]);
    writeFiles(root, { 'HAM10000_metadata.csv': 'lesion_id,image,dx\nHAM_1,ISIC_1,nv\n' });
    expect(await failure(root)).toMatch(
      /HAM10000_metadata\.csv: missing column image_id; its header is "lesion_id, image, dx"/,
    );
    writeFiles(root, { 'HAM10000_metadata.csv': 'nothing\n' });
    expect(await failure(root)).toMatch(/missing columns image_id, dx;/);
    writeFiles(root, { 'HAM10000_metadata.csv': 'lesion_id,"image_id,dx\n1,2,3\n' });
    expect(await failure(root)).toMatch(/its header is "lesion_id, "image_id, dx", expected at least/);
    const picture = `\u001b[2J${'no table,'.repeat(100)}`;
    writeFiles(root, { 'HAM10000_metadata.csv': picture });
    expect(await failure(root)).toMatch(/its header is "\[2jno table, [no table,]{100,200}…", expected/);
    writeFiles(root, { 'HAM10000_metadata.csv': '' });
    expect(await failure(root)).toMatch(/missing columns image_id, dx;/);
  });

  test('0 rows, a table that is none, no picture that fits, one class only', async () => {
    expect(await failure(await ham([]))).toMatch(/HAM10000_metadata\.csv: the table has a header and 0 rows/);
    expect(await failure(await ham(['HAM_1,"ISIC_1,nv,histo']))).toMatch(
      /HAM10000_metadata\.csv: not a readable table \(.*line/,
    );
    expect(await failure(await ham(['HAM_1,ISIC_8,nv,,,,']))).toMatch(
      /read as ham10000, no image can be used \(1 x row-without-image, 3 x image-without-row\); expected/,
    );
    expect(await failure(await ham([THREE_ROWS[0]!]))).toMatch(
      /only the class nv has readable images, at least 2/,
    );
  });
});

describe('importDataset', () => {
  test('reports progress and stops when it is cancelled', async () => {
    const root = await ham(THREE_ROWS);
    const seen: ItemProgress[] = [];
    await importFrom(root, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ done: 3, total: 3, remainingMs: 0 });
    const stop = new AbortController();
    const run = importFrom(root, { onProgress: () => stop.abort(), signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  });

  test("the hash is the data's: it changes with a label, not with the folder", async () => {
    const first = await importFrom(await ham(THREE_ROWS));
    expect((await importFrom(await ham(THREE_ROWS))).hash).toBe(first.hash);
    const relabelled = THREE_ROWS.map((row) => row.replace(',mel,', ',bcc,'));
    expect((await importFrom(await ham(relabelled))).hash).not.toBe(first.hash);
  });

  test('two layouts of one id fail at start', () => {
    expect(() => uniqueById([ham10000, folderPerClass, ham10000])).toThrow(
      /two dataset layouts .* "ham10000"/,
    );
  });
});
