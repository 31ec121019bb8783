import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { cleanPicture } from '../../src-main/preprocess/clean-picture.ts';
import { decodeImage } from '../../src-main/preprocess/decode.ts';
import { stripJpeg } from '../../src-main/preprocess/strip-jpeg.ts';

const WIDTH = 60;
const HEIGHT = 40;

/** Every pixel another colour, so that a turned or changed one is seen. */
function drawn() {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 7 + Math.floor(at / (WIDTH * 3)) * 5) % 256;
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

const SECRET = 'SECRET-SERIAL-4711';
const exif = { IFD0: { Make: SECRET, ImageDescription: SECRET }, IFD3: { GPSLatitudeRef: 'N' } };
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description>${SECRET}</rdf:Description></rdf:RDF></x:xmpmeta>`;
const pixelsOf = (bytes: Buffer, size = { widthPx: 24, heightPx: 24 }) => decodeImage(bytes, size);

const largestDifference = (one: Uint8Array, other: Uint8Array) =>
  one.reduce((largest, value, at) => Math.max(largest, Math.abs(value - other[at]!)), 0);

/** Puts a segment after the start of the picture. */
function withSegment(jpeg: Buffer, marker: number, content: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(content, 'latin1'), jpeg.subarray(2)]);
}

describe('a picture to be kept', () => {
  test.each([
    ['baseline', { progressive: false }],
    ['progressive', { progressive: true }],
    ['without subsampling', { chromaSubsampling: '4:4:4' }],
  ])('%s JPEG keeps its coded picture bit for bit, and nothing else of the file', async (_, options) => {
    const plain = await drawn().jpeg(options).toBuffer();
    const full = await drawn().withExif(exif).withXmp(xmp).jpeg(options).toBuffer();
    const marked = Buffer.concat([
      withSegment(
        withSegment(withSegment(full, 0xfe, `comment ${SECRET}`), 0xed, `Photoshop 3.0\0${SECRET}`),
        0xe5,
        SECRET,
      ),
      Buffer.from(`after the end ${SECRET}`),
    ]);
    expect(marked.toString('latin1').split(SECRET).length).toBeGreaterThan(5);
    const kept = await cleanPicture(marked, 'a.jpg');
    expect(kept).toMatchObject({ mediaType: 'image/jpeg', widthPx: WIDTH, heightPx: HEIGHT });
    expect(kept.bytes.includes(SECRET)).toBe(false);
    expect(kept.bytes.includes('Exif')).toBe(false);
    const { exif: left, xmp: leftXmp, comments } = await sharp(kept.bytes).metadata();
    expect([left, leftXmp, comments]).toEqual([undefined, undefined, undefined]);
    expect(await pixelsOf(kept.bytes)).toEqual(await pixelsOf(marked));
    // what an encoder wrote without metadata has nothing to lose but JFIF's, of which all is kept
    expect(stripJpeg(plain)?.equals(plain)).toBe(true);
  });

  test('with a thumbnail in JFIF loses that', async () => {
    const plain = await drawn().jpeg().toBuffer();
    const rest = plain.indexOf(Buffer.from([0xff, 0xdb]));
    const head = Buffer.from('JFIF\0\x01\x02\x00\x00\x01\x00\x01\x02\x02', 'latin1');
    const jfif = withSegment(
      Buffer.concat([plain.subarray(0, 2), plain.subarray(rest)]),
      0xe0,
      head.toString('latin1') + SECRET.slice(0, 12),
    );
    const kept = stripJpeg(jfif);
    expect(kept?.includes('SECRET')).toBe(false);
    expect(await pixelsOf(kept!)).toEqual(await pixelsOf(jfif));
  });

  test('that is turned by Exif is set upright, without loss', async () => {
    const turned = await drawn().withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const kept = await cleanPicture(turned, 'a.jpg');
    expect(kept).toMatchObject({ mediaType: 'image/png', widthPx: HEIGHT, heightPx: WIDTH });
    expect((await sharp(kept.bytes).metadata()).orientation).toBeUndefined();
    const own = { widthPx: HEIGHT, heightPx: WIDTH };
    expect(await pixelsOf(kept.bytes, own)).toEqual(await pixelsOf(turned, own));
  });

  test.each(['png', 'tiff', 'webp'] as const)(
    'of a %s file is written anew without its metadata',
    async (format) => {
      const full = await drawn().withExif(exif).withXmp(xmp).toFormat(format, { lossless: true }).toBuffer();
      expect(full.includes(SECRET)).toBe(true);
      const kept = await cleanPicture(full, 'a');
      expect(kept).toMatchObject({ mediaType: 'image/png', widthPx: WIDTH, heightPx: HEIGHT });
      expect(kept.bytes.includes(SECRET)).toBe(false);
      expect(await pixelsOf(kept.bytes)).toEqual(await pixelsOf(full));
    },
  );

  test('with a colour profile is brought to sRGB, as the model saw it', async () => {
    const wide = await drawn().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer();
    const kept = await cleanPicture(wide, 'a.jpg');
    expect(kept.mediaType).toBe('image/png');
    expect((await sharp(kept.bytes).metadata()).icc).toBeUndefined();
    const own = { widthPx: WIDTH, heightPx: HEIGHT };
    expect(largestDifference(await pixelsOf(wide, own), await pixelsOf(kept.bytes, own))).toBeLessThanOrEqual(
      1,
    );
  });

  test('that is none, or is cut off, is refused by name', async () => {
    const plain = await drawn().jpeg().toBuffer();
    for (const bytes of [
      Buffer.from('text'),
      Buffer.alloc(0),
      plain.subarray(0, 400),
      plain.subarray(0, 20),
    ]) {
      await expect(cleanPicture(bytes, 'lesion.jpg')).rejects.toMatchObject({
        code: 'bad-image',
        message: expect.stringContaining('lesion.jpg'),
      });
    }
  });

  test('built oddly is written anew rather than kept as it is', async () => {
    const plain = await drawn().jpeg().toBuffer();
    expect(stripJpeg(plain.subarray(0, -2))).toBeNull();
    expect(stripJpeg(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]))).toBeNull();
    expect(stripJpeg(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x01, 0xff, 0xd9]))).toBeNull();
    expect(stripJpeg(Buffer.from('\x89PNG'))).toBeNull();
  });
});
