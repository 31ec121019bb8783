import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Color } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src-main/preprocess/decode.ts';
import { guarded } from '../../src-main/preprocess/decode-source.ts';
import { asSharp, drawnJpeg, drawnPixels, drawnPng, temporaryFolder } from '../dataset/pictures.ts';
import golden from '../golden/preprocess/pillow.json' with { type: 'json' };

const GOLDEN_FOLDER = join(import.meta.dirname, '../golden/preprocess');
const SMALL = { widthPx: 2, heightPx: 2 };

const solid = (background: Color, width = 8, height = 8, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background } });

const firstPixel = async (picture: Buffer, size = SMALL) => [
  ...(await decodeImage(picture, size)).slice(0, 3),
];

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}

function crop(pixels: Uint8Array, widthPx: number, left: number, top: number): Uint8Array {
  const rows = Array.from({ length: golden.cropHeight }, (_, y) => {
    const start = ((top + y) * widthPx + left) * 3;
    return pixels.subarray(start, start + golden.cropWidth * 3);
  });
  return Buffer.concat(rows);
}

describe('resizing agrees with Pillow', () => {
  test.each(golden.cases)('$file at $width x $height', async ({ file, width, height, crops }) => {
    const pixels = await decodeImage(join(GOLDEN_FOLDER, file), { widthPx: width, heightPx: height });
    const { width: fileWidth, height: fileHeight } = await sharp(join(GOLDEN_FOLDER, file)).metadata();
    const enlarges = width > fileWidth || height > fileHeight;
    for (const { left, top, rgb } of crops) {
      const expected = Buffer.from(rgb, 'base64');
      expect(largestDifference(crop(pixels, width, left, top), expected)).toBeLessThanOrEqual(
        enlarges ? 0 : 3,
      );
    }
  });

  test('a picture of the size wanted comes through unchanged', async () => {
    const pixels = drawnPixels(1);
    const picture = await asSharp(pixels).png().toBuffer();
    expect(await decodeImage(picture, { widthPx: 60, heightPx: 45 })).toEqual(pixels);
  });

  test('a path and the bytes of the file give the same', async () => {
    const path = join(GOLDEN_FOLDER, 'bcc-200x150.jpg');
    const size = { widthPx: 125, heightPx: 100 };
    const fromPath = await decodeImage(path, size);
    expect(fromPath).toHaveLength(125 * 100 * 3);
    expect(await decodeImage(readFileSync(path), size)).toEqual(fromPath);
  });
});

describe('every kind of picture becomes 8-bit sRGB', () => {
  const orange = { r: 200, g: 100, b: 50 };

  test('JPEG, PNG, TIFF and WebP', async () => {
    for (const format of ['png', 'tiff', 'webp'] as const) {
      const picture = await solid(orange).toFormat(format, { lossless: true }).toBuffer();
      expect(await firstPixel(picture), format).toEqual([200, 100, 50]);
    }
    const jpeg = await firstPixel(await solid(orange).jpeg({ quality: 100 }).toBuffer());
    expect(largestDifference(Uint8Array.from(jpeg), Uint8Array.from([200, 100, 50]))).toBeLessThanOrEqual(2);
  });

  test('16 bits a channel, in colour and in grey', async () => {
    const colour = await solid(orange).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(colour).metadata()).depth).toBe('ushort');
    expect(await firstPixel(colour)).toEqual([200, 100, 50]);
    const grey = await solid('#787878').toColourspace('grey16').png().toBuffer();
    expect((await sharp(grey).metadata()).depth).toBe('ushort');
    expect(await firstPixel(grey)).toEqual([120, 120, 120]);
  });

  test('grey, reduced and enlarged', async () => {
    const grey = await solid('#787878').toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    expect(await firstPixel(grey)).toEqual([120, 120, 120]);
    expect(await firstPixel(grey, { widthPx: 20, heightPx: 20 })).toEqual([120, 120, 120]);
  });

  test('CMYK', async () => {
    const cmyk = await solid(orange).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const [red, green, blue] = await firstPixel(cmyk);
    expect(red).toBeGreaterThan(185);
    expect(green).toBeGreaterThan(80);
    expect(green).toBeLessThan(115);
    expect(blue).toBeLessThan(70);
  });

  test('alpha is flattened on white', async () => {
    const half = await solid({ ...orange, alpha: 0.5 }, 8, 8, 4)
      .png()
      .toBuffer();
    expect(
      largestDifference(Uint8Array.from(await firstPixel(half)), Uint8Array.from([228, 178, 153])),
    ).toBeLessThanOrEqual(1);
    const clear = await solid({ ...orange, alpha: 0 }, 8, 8, 4)
      .png()
      .toBuffer();
    expect(await firstPixel(clear)).toEqual([255, 255, 255]);
  });

  test('an embedded profile is converted: a Display P3 picture shows the same colour', async () => {
    const wide = await solid(orange).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect(largestDifference(stored.subarray(0, 3), Uint8Array.from([200, 100, 50]))).toBeGreaterThan(5);
    const decoded = Uint8Array.from(await firstPixel(wide));
    expect(largestDifference(decoded, Uint8Array.from([200, 100, 50]))).toBeLessThanOrEqual(2);
  });

  // White lies in the first row of the stored picture (4 wide, 2 high), from the left for two pixels.
  test.each([
    [1, 4, 2, [0, 1]],
    [2, 4, 2, [2, 3]],
    [3, 4, 2, [6, 7]],
    [4, 4, 2, [4, 5]],
    [5, 2, 4, [0, 2]],
    [6, 2, 4, [1, 3]],
    [7, 2, 4, [5, 7]],
    [8, 2, 4, [4, 6]],
  ])('EXIF orientation %i is applied', async (orientation, widthPx, heightPx, white) => {
    const pixels = new Uint8Array(4 * 2 * 3).fill(255, 0, 6);
    const picture = await asSharp(pixels, 4, 2).withMetadata({ orientation }).png().toBuffer();
    const decoded = await decodeImage(picture, { widthPx, heightPx });
    const found = Array.from({ length: 8 }, (_, i) => i).filter((i) => decoded[i * 3] === 255);
    expect(found).toEqual(white);
  });

  test('1 x 1 and 20,000 pixels wide', async () => {
    expect(await firstPixel(await solid(orange, 1, 1).png().toBuffer())).toEqual([200, 100, 50]);
    const wide = await solid(orange, 20_000, 30).png().toBuffer();
    expect(await firstPixel(wide, { widthPx: 125, heightPx: 100 })).toEqual([200, 100, 50]);
  });
});

describe('what cannot be decoded is named', () => {
  const failure = (source: string | Buffer, name?: string) =>
    decodeImage(source, SMALL, name).then(
      () => 'decoded',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );

  test('a text file, an empty one, an unsupported format', async () => {
    expect(await failure(Buffer.from('image_id,dx\na,nv\n'), 'a.jpg')).toBe(
      'bad-image: a.jpg: this is a text file; expected a JPEG, PNG, TIFF or WebP picture.',
    );
    expect(await failure(Buffer.alloc(0), 'a.jpg')).toMatch(
      /^bad-image: a\.jpg: the file is empty; expected/,
    );
    expect(await failure(await solid('#fff').gif().toBuffer(), 'a.jpg')).toBe(
      'bad-image: a.jpg: this is a GIF; expected a JPEG, PNG, TIFF or WebP picture.',
    );
    const phone = Buffer.from('\0\0\0\x24ftypheic\0\0\0\0mif1heic', 'latin1');
    expect(await failure(phone, 'a.heic')).toMatch(/this is a HEIC picture, as phones take them; expected/);
    expect(await failure(Buffer.from('%PDF-1.7\n'), 'a.jpg')).toMatch(/this is a PDF/);
    expect(await failure(Buffer.from('\x01\x02\x03\x04\x05', 'latin1'), 'a.jpg')).toMatch(/01020304/);
    expect(await failure(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.png')).toMatch(
      /text file/,
    );
  });

  test('a missing file and a folder', async () => {
    const folder = temporaryFolder();
    expect(await failure(join(folder, 'b.jpg'))).toBe(
      `not-found: ${join(folder, 'b.jpg')}: there is no such file; check the path.`,
    );
    expect(await failure(folder)).toMatch(/^bad-image: .* cannot be read \(it is a folder\)/);
  });

  test.each([0.1, 0.5, 0.95])('a JPEG and a PNG cut off at %f of their length', async (share) => {
    for (const bytes of [await drawnJpeg(1), await drawnPng(1)]) {
      const message = await failure(bytes.subarray(0, Math.floor(bytes.length * share)), 'cut.jpg');
      expect(message).toMatch(/^bad-image: cut\.jpg: damaged or truncated, cannot be decoded whole/);
    }
  });

  test('without words of the decoder, where another picture took them', async () => {
    const message = (words: string) =>
      guarded('cut.jpg', () => Promise.reject(new Error(words))).catch((error: Error) => error.message);
    expect(await message('Unknown error')).toBe(
      'cut.jpg: damaged or truncated, cannot be decoded whole; copy or export it again.',
    );
    expect(await message('VipsJpeg: premature end\n of JPEG image\n')).toContain(
      'cannot be decoded whole (VipsJpeg: premature end of JPEG image); copy',
    );
  });

  test('a JPEG that lacks its last byte is truncated, one with a stray byte before its end is not', async () => {
    const bytes = await drawnJpeg(1);
    expect(await failure(bytes.subarray(0, bytes.length - 1))).toMatch(/^bad-image/);
    const stray = Buffer.concat([bytes.subarray(0, -2), Buffer.from([7]), bytes.subarray(-2)]);
    expect(await failure(stray)).toBe('decoded');
  });

  test('more pixels than the limit, before any is decoded', async () => {
    expect(await failure(pngClaiming(30_000, 30_000), 'huge.png')).toBe(
      'bad-image: huge.png: more than 268 million pixels; reduce it to a smaller size first.',
    );
  });
});

/** A PNG file whose header promises a size that its data does not have. */
function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(10))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
