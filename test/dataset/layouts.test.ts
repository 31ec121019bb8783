import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import { problemCounts } from '../../src-main/dataset/checks.ts';
import { HEADER, ham, importFrom, problemsOf, THREE_ROWS } from './folders.ts';
import { asSharp, drawnJpeg, drawnPixels, drawnPng, temporaryFolder, writeFiles } from './pictures.ts';

describe('HAM10000 layout', () => {
  test('reads classes, patient fields and pictures', async () => {
    const root = await ham(THREE_ROWS);
    const manifest = await importFrom(root, { name: 'mine' });
    expect(DatasetManifest.parse(manifest)).toEqual(manifest);
    expect(manifest).toMatchObject({ name: 'mine', root, layout: 'ham10000', synthetic: false });
    expect(manifest.columns).toEqual(['age', 'sex', 'site', 'dx-type', 'lesion']);
    expect(manifest.classes.map(({ code, malignant }) => (malignant ? `${code}!` : code))).toEqual([
      'akiec!',
      'bcc!',
      'bkl',
      'df',
      'nv',
      'mel!',
      'vasc',
    ]);
    const names = manifest.classes.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(manifest.images[0]).toMatchObject({
      imageId: 'ISIC_1',
      path: 'HAM10000_images_part_1/ISIC_1.jpg',
      classIndex: 4,
      lesionId: 'HAM_1',
      ageYears: 80,
      sex: 'male',
      site: 'scalp',
      dxType: 'histo',
      widthPx: 60,
      heightPx: 45,
    });
    expect(manifest.images[1]).toMatchObject({ classIndex: 5, ageYears: null, sex: 'unknown' });
    expect(manifest.images[2]).toMatchObject({ classIndex: 6, ageYears: 0, site: 'hand, left' });
    expect(problemCounts(manifest.problems)).toEqual({ 'empty-class': 4 });
  });

  test.each([
    ['a BOM and CRLF', (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['semicolons', (text: string) => text.replaceAll('"hand, left"', 'hand').replaceAll(',', ';')],
    [
      'the delimiter in a line before the header, as Excel writes it',
      (text: string) => `\ufeffsep=,\r\n${text}`,
    ],
    ['UTF-16, as spreadsheets save it', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, its bytes turned', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    [
      'quoted cells, spaces and other case in the header',
      (text: string) => text.replace(HEADER, '"Lesion_ID" ,"Image_ID", DX,dx_type,Age,sex,localization'),
    ],
    [
      'columns in another order',
      (text: string) =>
        text
          .split('\n')
          .map((line) => line.replace(/^([^,]*),([^,]*),([^,]*)/, '$3,$1,$2'))
          .join('\n'),
    ],
  ])('a table with %s', async (_, change) => {
    const root = await ham(THREE_ROWS);
    const content = change(`${[HEADER, ...THREE_ROWS].join('\n')}\n`);
    writeFileSync(join(root, 'HAM10000_metadata.csv'), content);
    const { images } = await importFrom(root);
    expect(images.map(({ imageId, lesionId, classIndex }) => [imageId, lesionId, classIndex])).toEqual([
      ['ISIC_1', 'HAM_1', 4],
      ['ISIC_2', 'HAM_2', 5],
      ['ISIC_3', 'HAM_3', 6],
    ]);
  });

  test('folders nested and renamed, any case and kind of extension, any size, links', async () => {
    const root = temporaryFolder();
    const elsewhere = temporaryFolder();
    writeFiles(elsewhere, { 'ISIC_3.jpeg': await drawnJpeg(3, 'vasc') });
    writeFiles(root, {
      'archive/tables/meta.csv': `${[HEADER, ...THREE_ROWS].join('\n')}\n`,
      'archive/pictures a/deep/ISIC_1.PNG': await drawnPng(1),
      'archive/ISIC_2.JPG': await asSharp(drawnPixels(2, 90, 30), 90, 30)
        .jpeg()
        .toBuffer(),
      '__MACOSX/archive/._ISIC_2.JPG': 'resource fork',
      '.cache/ISIC_9.jpg': 'hidden',
      'archive/notes.csv': 'a,b\n1,2\n',
    });
    symlinkSync(elsewhere, join(root, 'archive/linked'));
    symlinkSync(root, join(root, 'archive/loop'));
    const { images, problems } = await importFrom(root);
    expect(images.map(({ path }) => path)).toEqual([
      'archive/pictures a/deep/ISIC_1.PNG',
      'archive/ISIC_2.JPG',
      'archive/linked/ISIC_3.jpeg',
    ]);
    expect(images[1]).toMatchObject({ widthPx: 90, heightPx: 30 });
    expect(Object.keys(problemCounts(problems))).toEqual(['empty-class']);
  });

  test('a table in Windows-1252, as spreadsheets in Europe save it', async () => {
    const rows = THREE_ROWS.map((row) => row.replace('scalp', 'R\u00fccken'));
    const root = await ham(rows, {
      'HAM10000_metadata.csv': Buffer.from([HEADER, ...rows].join('\n'), 'latin1'),
    });
    expect((await importFrom(root)).images[0]!.site).toBe('R\u00fccken');
  });

  test('the table of Harvard Dataverse, which has no ending', async () => {
    const root = await ham(THREE_ROWS);
    renameSync(join(root, 'HAM10000_metadata.csv'), join(root, 'HAM10000_metadata'));
    expect(await importFrom(root)).toMatchObject({ layout: 'ham10000', images: { length: 3 } });
  });

  test('a bad image is skipped and named; the others stay', async () => {
    const truncated = (await drawnJpeg(5)).subarray(0, 700);
    const root = await ham(
      [
        ...THREE_ROWS,
        'HAM_4,ISIC_4,nv,histo,50,male,back',
        'HAM_5,ISIC_5,nv,histo,50,male,back',
        'HAM_6,ISIC_6,nv,histo,50,male,back',
      ],
      { 'more/ISIC_4.jpg': 'not a picture', 'more/ISIC_5.jpg': truncated, 'more/ISIC_6.png': '' },
    );
    const manifest = await importFrom(root);
    expect(manifest.images).toHaveLength(3);
    const unreadable = problemsOf(manifest, 'unreadable-image');
    expect(unreadable.map(({ imageIds }) => imageIds)).toEqual([['ISIC_4'], ['ISIC_5'], ['ISIC_6']]);
    expect(unreadable.map(({ message }) => message).join('\n')).toMatch(
      /ISIC_4\.jpg: this is a text file.*\n.*ISIC_5\.jpg: damaged or truncated.*\n.*ISIC_6\.png: the file is empty/,
    );
  });

  test('rows without image, images without row, duplicate ids and unknown diagnoses are listed', async () => {
    const root = await ham(
      [
        ...THREE_ROWS,
        'HAM_9,ISIC_9,nv,histo,50,male,back',
        THREE_ROWS[0]!,
        'HAM_1,ISIC_1,mel,histo,80.0,male,scalp',
        'HAM_7,ISIC_7,scc,histo,50,male,back',
        'HAM_8,,nv,histo,50,male,back',
      ],
      {
        'more/ISIC_7.jpg': await drawnJpeg(7),
        'more/ISIC_8.jpg': await drawnJpeg(8),
        'more/ISIC_2.jpg': await drawnJpeg(9),
      },
    );
    const manifest = await importFrom(root);
    expect(problemCounts(manifest.problems)).toEqual({
      'row-without-image': 2,
      'image-without-row': 2,
      'duplicate-row': 2,
      'unknown-diagnosis': 1,
      'empty-class': 4,
    });
    const messages = manifest.problems.map(({ message }) => message);
    expect(messages).toContain('Line 5: there is no picture ISIC_9.jpg, .jpeg or .png; skipped.');
    expect(messages).toContain('Line 6 has ISIC_1 again, as line 2; line 2 is used.');
    expect(messages).toContain('Line 7 has ISIC_1 again, but differs in dx from line 2; line 2 is used.');
    expect(messages).toContain('Line 9 has no image_id.');
    expect(messages).toContain('more/ISIC_8.jpg has no row in HAM10000_metadata.csv.');
    expect(messages).toContain(
      'more/ISIC_2.jpg has the name of HAM10000_images_part_1/ISIC_2.jpg, which is used.',
    );
    expect(problemsOf(manifest, 'unknown-diagnosis')[0]!.message).toMatch(
      /ISIC_7 is "scc", known are akiec, bcc/,
    );
    expect(manifest.images.map(({ imageId, classIndex }) => [imageId, classIndex])).toEqual([
      ['ISIC_1', 4],
      ['ISIC_2', 5],
      ['ISIC_3', 6],
    ]);
  });

  test('of pictures whose names differ in case alone, each row has its own', async () => {
    const root = await ham([...THREE_ROWS, 'HAM_4,isic_2,nv,histo,50,male,back'], {
      'more/isic_2.jpg': await drawnJpeg(7),
      'earlier/Isic_2.JPG': await drawnJpeg(8),
    });
    const { images, problems } = await importFrom(root);
    expect(images.map(({ imageId, path }) => [imageId, path])).toEqual([
      ['ISIC_1', 'HAM10000_images_part_1/ISIC_1.jpg'],
      ['ISIC_2', 'HAM10000_images_part_1/ISIC_2.jpg'],
      ['ISIC_3', 'HAM10000_images_part_2/ISIC_3.jpg'],
      ['isic_2', 'more/isic_2.jpg'],
    ]);
    expect(problems.map(({ message }) => message)).toContain(
      'earlier/Isic_2.JPG has the name of HAM10000_images_part_1/ISIC_2.jpg, which is used.',
    );
  });

  test('one lesion with two diagnoses is listed, its images stay', async () => {
    const root = await ham([THREE_ROWS[0]!, THREE_ROWS[1]!, 'HAM_1,ISIC_3,vasc,histo,80,male,scalp']);
    const manifest = await importFrom(root);
    expect(manifest.images).toHaveLength(3);
    expect(problemsOf(manifest, 'lesion-with-two-diagnoses')).toEqual([
      {
        kind: 'lesion-with-two-diagnoses',
        imageIds: ['ISIC_1', 'ISIC_3'],
        message: 'The lesion HAM_1 has the diagnoses nv, vasc (ISIC_1, ISIC_3).',
      },
    ]);
  });

  test("a class file gives the classes of a set of one's own in this layout", async () => {
    const classes = [
      { code: 'benign', name: 'Benign', malignant: false },
      { code: 'scc', name: 'Squamous cell carcinoma', malignant: true },
    ];
    const root = await ham(['L1,ISIC_1,benign,,,,', 'L2,ISIC_2,SCC,,,,', 'L3,ISIC_3,Benign,,,,'], {
      'classes.json': JSON.stringify(classes),
    });
    const manifest = await importFrom(root);
    expect(manifest.classes).toEqual(classes);
    expect(manifest.images.map(({ classIndex }) => classIndex)).toEqual([0, 1, 0]);
    writeFiles(root, { 'classes.json': '[{"code": 1}]' });
    await expect(importFrom(root)).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/classes\.json: not a class list; expected JSON such as/),
    });
  });
});

describe('one folder per class', () => {
  const classFolders = async () => ({
    'set/mel/a.jpg': await drawnJpeg(1, 'mel'),
    'set/mel/deep/b.png': await drawnPng(2, 'mel'),
    'set/nevus/a.jpg': await drawnJpeg(3),
    'set/nevus/c.jpg': await drawnJpeg(4),
  });

  test('folders are classes, nobody has said what is malignant, and equal names stay apart', async () => {
    const root = temporaryFolder();
    writeFiles(root, { ...(await classFolders()), 'loose.jpg': await drawnJpeg(5) });
    const manifest = await importFrom(root);
    expect(manifest).toMatchObject({ layout: 'folder-per-class', columns: [] });
    expect(manifest.classes).toEqual([
      { code: 'mel', name: 'mel', malignant: null },
      { code: 'nevus', name: 'nevus', malignant: null },
    ]);
    expect(
      manifest.images.map(({ imageId, lesionId, classIndex }) => [imageId, lesionId, classIndex]),
    ).toEqual([
      ['set/mel/a.jpg', 'set/mel/a.jpg', 0],
      ['b', 'b', 0],
      ['set/nevus/a.jpg', 'set/nevus/a.jpg', 1],
      ['c', 'c', 1],
    ]);
    expect(manifest.problems).toEqual([
      {
        kind: 'image-without-row',
        imageIds: ['loose'],
        message: "loose.jpg lies outside every class's folder; skipped.",
      },
    ]);
  });

  test('a file beside it that is called a table and is none does not matter', async () => {
    const root = temporaryFolder();
    writeFiles(root, {
      ...(await classFolders()),
      'notes.csv': '"to do\ncall the lab',
      'set/empty.tsv': '',
      'HAM10000 by class/counts.csv': 'nv,mel\n3,4\n',
    });
    expect(await importFrom(root)).toMatchObject({ images: { length: 4 }, columns: [], problems: [] });
  });

  test('links that lead nowhere, or to themselves, are told as pictures that cannot be read', async () => {
    const root = temporaryFolder();
    writeFiles(root, await classFolders());
    symlinkSync(join(root, 'gone.jpg'), join(root, 'set/mel/d.jpg'));
    symlinkSync('e.jpg', join(root, 'set/nevus/e.jpg'));
    symlinkSync('again', join(root, 'set/nevus/again'));
    const manifest = await importFrom(root);
    expect(manifest.images).toHaveLength(4);
    expect(manifest.problems).toMatchObject([
      { kind: 'unreadable-image', imageIds: ['d'], message: expect.stringContaining('set/mel/d.jpg') },
      { kind: 'unreadable-image', imageIds: ['e'], message: expect.stringContaining('set/nevus/e.jpg') },
    ]);
  });

  test('pictures of kinds that are not read are named, and so are folders without any that is', async () => {
    const root = temporaryFolder();
    writeFiles(root, { ...(await classFolders()), 'set/mel/scan.TIF': 'II*', 'set/df/sole.webp': 'RIFF' });
    mkdirSync(join(root, 'set/vasc'));
    const manifest = await importFrom(root);
    expect(manifest.classes.map(({ code }) => code)).toEqual(['mel', 'nevus']);
    expect(manifest.problems.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      'empty-class: The folder set/df holds no image that is read, so it is no class.',
      'empty-class: The folder set/vasc holds no image that is read, so it is no class.',
      'unreadable-image: set/df/sole.webp: a picture of this kind is not read; export it as JPEG or PNG. Skipped.',
      'unreadable-image: set/mel/scan.TIF: a picture of this kind is not read; export it as JPEG or PNG. Skipped.',
    ]);
  });

  test('JPEG files are read under their rarer endings too', async () => {
    const root = temporaryFolder();
    writeFiles(root, {
      ...(await classFolders()),
      'set/mel/d.jpe': await drawnJpeg(5, 'mel'),
      'set/nevus/e.JFIF': await drawnJpeg(6),
    });
    const { images, problems } = await importFrom(root);
    expect(images.map(({ imageId }) => imageId)).toEqual(expect.arrayContaining(['d', 'e']));
    expect(problems).toEqual([]);
  });

  test('classes can be named, marked and ordered by a file or by the caller, and patients by a table', async () => {
    const root = temporaryFolder();
    const named = [
      { code: 'nevus', name: 'Benign nevus', malignant: false },
      { code: 'mel', name: 'Melanoma', malignant: true },
    ];
    writeFiles(root, {
      ...(await classFolders()),
      'classes.json': JSON.stringify(named),
      'patients.csv': 'image_id,lesion_id,age\nb,L1,40\nc.jpg,L1,\nz,L2,3\nB,L1,41\n,L3,5\n',
    });
    const manifest = await importFrom(root);
    expect(manifest.classes).toEqual(named);
    expect(manifest.columns).toEqual(['age', 'lesion']);
    const byId = new Map(manifest.images.map((image) => [image.imageId, image]));
    expect(byId.get('b')).toMatchObject({ classIndex: 1, lesionId: 'L1', ageYears: 40 });
    expect(byId.get('c')).toMatchObject({ classIndex: 0, lesionId: 'L1', ageYears: null });
    expect(problemCounts(manifest.problems)).toEqual({
      'row-without-image': 2,
      'image-without-row': 2,
      'duplicate-row': 1,
      'lesion-with-two-diagnoses': 1,
    });
    const messages = manifest.problems.map(({ message }) => message);
    expect(messages).toContain('Line 5 has B again, but differs in age from line 2; line 2 is used.');
    expect(messages).toContain('Line 6 has no image_id.');
    const renamed = await importFrom(root, { classes: [{ code: 'mel', name: 'A first', malignant: true }] });
    expect(renamed.classes.map(({ name }) => name)).toEqual(['A first', 'nevus']);
  });
});
