import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { hairShare, laplacianVariance } from '../../src-main/preprocess/image-measures.ts';
import { assessImage, findingsOf, QUALITY_RULES } from '../../src-main/preprocess/image-quality.ts';
import { temporaryFolder, writeFiles } from '../dataset/pictures.ts';
import {
  drawnCloseUp,
  hairyCloseUp,
  landscape,
  noise,
  pencilDrawing,
  printedPage,
  tintedNoise,
} from './drawn-scenes.ts';

const codesOf = async (picture: Buffer) => (await assessImage(picture)).findings.map(({ code }) => code);

/** A close-up without findings, changed. */
const changed = async (change: (picture: Sharp) => Sharp) =>
  await change(sharp(await drawnCloseUp(2, 'bkl')))
    .jpeg({ quality: 95 })
    .toBuffer();

describe('a usable close-up', () => {
  test.each([
    ['nv', 3],
    ['mel', 2],
    ['bkl', 2],
    ['bcc', 3],
    ['akiec', 2],
    ['df', 3],
    ['vasc', 2],
  ])('of %s has no finding', async (code, seed) => {
    expect(await codesOf(await drawnCloseUp(seed, code))).toEqual([]);
  });

  test('is measured alike at any resolution above 200 x 150, and upright or turned', async () => {
    const { measures, size } = await assessImage(await drawnCloseUp(2, 'mel'));
    expect(size).toEqual({ widthPx: 600, heightPx: 450 });
    const large = await sharp(await drawnCloseUp(2, 'mel'))
      .resize(1800)
      .jpeg({ quality: 95 })
      .toBuffer();
    const turned = await sharp(await drawnCloseUp(2, 'mel'))
      .rotate(90)
      .jpeg({ quality: 95 })
      .toBuffer();
    for (const other of [await assessImage(large), await assessImage(turned)]) {
      expect(other.findings).toEqual([]);
      expect(other.measures.sharpness / measures.sharpness).toBeGreaterThan(0.85);
      expect(other.measures.sharpness / measures.sharpness).toBeLessThan(1.15);
      expect(other.measures.meanLuminance).toBeCloseTo(measures.meanLuminance, 0);
      expect(other.measures.redness).toBeCloseTo(measures.redness, 0);
    }
    expect(await assessImage(await drawnCloseUp(2, 'mel'))).toMatchObject({ measures });
  });
});

describe('what is no close-up of skin', () => {
  test.each([
    ['a landscape', landscape],
    ['a printed page', printedPage],
    ['a pencil drawing', pencilDrawing],
    ['noise of single pixels', () => noise(1)],
    ['noise of larger squares', () => noise(12)],
    ['noise of the colour of skin', tintedNoise],
    ['a close-up without colour', () => changed((picture) => picture.greyscale())],
    ['a close-up under a green lamp', () => changed((picture) => picture.tint('#40a060'))],
  ])('%s is said to be none', async (_, scene) => {
    expect(await codesOf(await scene())).toContain('not-a-close-up');
  });
});

describe('a close-up that should be taken again', () => {
  test('small', async () => {
    const small = await changed((picture) => picture.resize(190, 140));
    expect((await assessImage(small)).findings).toEqual([
      {
        code: 'too-small',
        measure: 'shortSidePx',
        value: 140,
        limit: 150,
        words: expect.stringMatching(/too few pixels.*original/),
      },
    ]);
    expect(await codesOf(await changed((picture) => picture.resize(200, 150)))).toEqual([]);
  });

  test('blurred', async () => {
    expect(await codesOf(await changed((picture) => picture.blur(9)))).toEqual(['blurred']);
  });

  test('dark, or with much black around it', async () => {
    expect(await codesOf(await changed((picture) => picture.linear(0.45, 0)))).toEqual(['too-dark']);
    const framed = await changed((picture) => picture.extend({ left: 120, right: 120, background: '#000' }));
    const { findings } = await assessImage(framed);
    expect(findings).toMatchObject([{ code: 'too-dark', measure: 'darkShare', limit: 0.25 }]);
    expect(findings[0]!.value).toBeCloseTo(240 / 840, 1);
  });

  test('bright, or with colours at their end', async () => {
    expect(await codesOf(await changed((picture) => picture.linear(0.4, 175)))).toContain('too-bright');
    expect((await assessImage(await changed((picture) => picture.linear(1.5, 0)))).findings).toMatchObject([
      { code: 'too-bright', measure: 'clippedShare', limit: 0.6 },
    ]);
  });

  test('hairy, in proportion', async () => {
    expect(await codesOf(await hairyCloseUp(0))).toEqual([]);
    expect(await codesOf(await hairyCloseUp(5))).toEqual([]);
    const { findings, measures } = await assessImage(await hairyCloseUp(14));
    expect(findings.map(({ code }) => code)).toEqual(['hair']);
    expect(measures.hairShare).toBeGreaterThan((await assessImage(await hairyCloseUp(5))).measures.hairShare);
  });
});

describe('the measures', () => {
  const size = { widthPx: 60, heightPx: 40 };

  test('the variance of the Laplacian of a known pattern', () => {
    const flat = new Uint8Array(60 * 40).fill(90);
    expect(laplacianVariance(flat, size)).toBe(0);
    // Neighbours of a chequerboard pixel all differ from it by 10: the Laplacian is 40 or -40.
    const chequered = flat.map((value, i) => value + 10 * (((i % 60) + Math.floor(i / 60)) % 2));
    expect(laplacianVariance(chequered, size)).toBeCloseTo(1600, 6);
    expect(laplacianVariance(Uint8Array.of(1, 2), { widthPx: 2, heightPx: 1 })).toBe(0);
  });

  test('a dark line counts as hair in every direction; a dot, a wide bar, an edge and a bright line do not', () => {
    const drawn = (isDark: (x: number, y: number) => boolean, dark = 60) =>
      hairShare(
        Uint8Array.from({ length: 60 * 40 }, (_, i) => (isDark(i % 60, Math.floor(i / 60)) ? dark : 160)),
        size,
      );
    expect(drawn((_, y) => y === 20)).toBeCloseTo(60 / 2400, 2);
    expect(drawn((x) => x === 30)).toBeCloseTo(40 / 2400, 2);
    expect(drawn((x, y) => x - y === 10)).toBeCloseTo(40 / 2400, 2);
    expect(drawn((x, y) => x + y === 50)).toBeCloseTo(40 / 2400, 2);
    expect(drawn((x, y) => Math.hypot(x - 30, y - 20) < 3)).toBe(0);
    expect(drawn((x) => x > 20 && x < 40)).toBe(0);
    expect(drawn((x) => x > 30)).toBe(0);
    expect(drawn((_, y) => y === 20, 250)).toBe(0);
  });
});

test('every limit is said with its measure, and one finding of a code is enough', async () => {
  const { measures } = await assessImage(await drawnCloseUp(2, 'bkl'));
  for (const { code, measure, side, limit } of QUALITY_RULES) {
    const value = side === 'below' ? limit - 0.01 : limit + 0.01;
    const findings = findingsOf({ ...measures, [measure]: value });
    expect(findings).toMatchObject([{ code, measure, value, limit }]);
    expect(findingsOf({ ...measures, [measure]: limit })).toEqual([]);
  }
  const worst = findingsOf({ ...measures, meanLuminance: 10, darkShare: 1 });
  expect(worst).toMatchObject([{ code: 'too-dark', measure: 'meanLuminance' }]);
});

test('what is no picture is named, by path and by bytes', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'note.jpg': 'no picture' });
  await expect(assessImage(`${folder}/note.jpg`)).rejects.toThrow(/note\.jpg: this is a text file/);
  await expect(assessImage(Buffer.alloc(0), 'dropped.png')).rejects.toMatchObject({
    code: 'bad-image',
    message: expect.stringMatching(/^dropped\.png: the file is empty/),
  });
});

test('a thread of a picture is measured without running out of memory', async () => {
  const thread = await sharp({ create: { width: 60_000, height: 2, channels: 3, background: '#d08070' } })
    .png()
    .toBuffer();
  expect(await codesOf(thread)).toEqual(['too-small', 'blurred']);
});
