import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { isDicom } from '../../src-main/contract/dicom-signature.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { decodeImage } from '../../src-main/preprocess/decode.ts';
import { readDicom } from '../../src-main/preprocess/dicom.ts';
import { drawnPixels } from '../dataset/pictures.ts';
import {
  dicomFile,
  type Elements,
  EXPLICIT,
  fragments,
  IMPLICIT,
  JPEG_BASELINE,
  PATIENT,
  type Pixels,
} from './dicom-file.ts';

const SIZE = { widthPx: 60, heightPx: 45 };
const rgb = drawnPixels(3);
const RGB: Pixels = { data: rgb, ...SIZE, coding: 'RGB' };
const GREY: Pixels = { data: rgb.filter((_, i) => i % 3 === 1), ...SIZE, coding: 'MONOCHROME2' };

/** [y, cb, cr] of each pixel, by JPEG's own equations (T.871). */
const ybr = Uint8Array.from(rgb, (_, at) => {
  const i = at - (at % 3);
  const [red, green, blue] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
  if (at % 3 === 0) return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  if (at % 3 === 1) return Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue);
  return Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue);
});

const planes = (pixels: Uint8Array) =>
  Buffer.concat([0, 1, 2].map((channel) => pixels.filter((_, i) => i % 3 === channel)));

const asJpeg = async (pixels: Uint8Array, channels: 1 | 3 = 3) =>
  await sharp(pixels, { raw: { width: SIZE.widthPx, height: SIZE.heightPx, channels } })
    .jpeg({ quality: 95, chromaSubsampling: '4:2:0' })
    .toBuffer();

const shown = async (file: Buffer) => await decodeImage((await readDicom(file)).picture.bytes, SIZE);

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}

describe('uncompressed pictures come out pixel for pixel', () => {
  test.each([
    ['explicit', EXPLICIT],
    ['implicit', IMPLICIT],
  ])('RGB, %s VR', async (_, syntax) => {
    const { picture } = await readDicom(dicomFile(RGB, { syntax }));
    expect(picture).toMatchObject({ mediaType: 'image/png', ...SIZE });
    expect(await decodeImage(picture.bytes, SIZE)).toEqual(rgb);
  });

  test('RGB in planes', async () => {
    const file = dicomFile({ ...RGB, data: planes(rgb) }, { change: { '0028,0006': ['US', 1] } });
    expect(await shown(file)).toEqual(rgb);
  });

  test('an odd number of bytes, padded', async () => {
    const odd: Pixels = { data: rgb.subarray(0, 9), widthPx: 3, heightPx: 1, coding: 'RGB' };
    const { picture } = await readDicom(dicomFile(odd));
    expect(await decodeImage(picture.bytes, { widthPx: 3, heightPx: 1 })).toEqual(rgb.slice(0, 9));
  });

  test('YBR_FULL, also in planes, within rounding', async () => {
    const full: Pixels = { ...RGB, data: ybr, coding: 'YBR_FULL' };
    expect(largestDifference(await shown(dicomFile(full)), rgb)).toBeLessThanOrEqual(2);
    const inPlanes = dicomFile({ ...full, data: planes(ybr) }, { change: { '0028,0006': ['US', 1] } });
    expect(await shown(inPlanes)).toEqual(await shown(dicomFile(full)));
  });

  test('MONOCHROME2', async () => {
    const grey = await shown(dicomFile(GREY));
    expect(grey.filter((_, i) => i % 3 === 0)).toEqual(GREY.data);
  });
});

describe('JPEG baseline', () => {
  const options = { syntax: JPEG_BASELINE };

  test('comes out as the JPEG decodes, from one fragment or several', async () => {
    const jpeg = await asJpeg(rgb);
    const decoded = await decodeImage(jpeg, SIZE);
    const whole: Pixels = { ...RGB, data: fragments(jpeg), coding: 'YBR_FULL_422' };
    expect(await shown(dicomFile(whole, options))).toEqual(decoded);
    const parts = fragments(jpeg.subarray(0, 400), jpeg.subarray(400, 800), jpeg.subarray(800));
    expect(await shown(dicomFile({ ...whole, data: parts }, options))).toEqual(decoded);
  });

  test('in grey', async () => {
    const jpeg = await asJpeg(GREY.data, 1);
    const file = dicomFile({ ...GREY, data: fragments(jpeg) }, options);
    expect(await shown(file)).toEqual(await decodeImage(jpeg, SIZE));
  });

  test('said to be RGB is taken at its word, unless a JFIF marker says YCbCr', async () => {
    // libvips writes YCbCr and no marker: what is shown of it as RGB are the YCbCr values themselves.
    const jpeg = await asJpeg(rgb);
    const asRgb = await shown(dicomFile({ ...RGB, data: fragments(jpeg) }, options));
    expect(largestDifference(asRgb, ybr)).toBeLessThan(25);
    const jfif = Buffer.from('\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1');
    const marked = Buffer.concat([jpeg.subarray(0, 2), jfif, jpeg.subarray(2)]);
    expect(await shown(dicomFile({ ...RGB, data: fragments(marked) }, options))).toEqual(
      await decodeImage(jpeg, SIZE),
    );
  });

  test('of another size than the header says is refused', async () => {
    const file = dicomFile(
      { ...RGB, data: fragments(await asJpeg(rgb)), widthPx: 50, coding: 'YBR_FULL_422' },
      options,
    );
    await expect(readDicom(file)).rejects.toThrow(/its JPEG has 60 x 45 .* its header 50 x 45/);
  });

  test('damaged, or none at all, is refused', async () => {
    const jpeg = await asJpeg(rgb);
    const coded = { ...RGB, coding: 'YBR_FULL_422' };
    const cut = dicomFile({ ...coded, data: fragments(jpeg.subarray(0, 700)) }, options);
    await expect(readDicom(cut)).rejects.toThrow(/damaged or truncated/);
    const none = dicomFile({ ...coded, data: fragments(Buffer.from('not a JPEG')) }, options);
    await expect(readDicom(none)).rejects.toThrow(/what should be a JPEG in the DICOM file is none/);
    await expect(readDicom(dicomFile({ ...coded, data: Buffer.alloc(0) }, options))).rejects.toMatchObject({
      code: 'bad-image',
    });
  });
});

describe('several frames', () => {
  const change: Elements = { '0028,0008': ['IS', '2'], '0008,0016': ['UI', '1.2.840.10008.5.1.4.1.1.7.4'] };

  test('uncompressed: the first, with a warning', async () => {
    const file = dicomFile({ ...RGB, data: Buffer.concat([rgb, drawnPixels(4)]) }, { change });
    expect(await shown(file)).toEqual(rgb);
    expect((await readDicom(file)).warnings).toContain('The file has 2 frames. Only the first is taken.');
  });

  test('JPEG: the first, without a table of offsets', async () => {
    const [first, second] = [await asJpeg(rgb), await asJpeg(drawnPixels(4))];
    const data = fragments(first.subarray(0, 500), first.subarray(500), second);
    const file = dicomFile({ ...RGB, data, coding: 'YBR_FULL_422' }, { syntax: JPEG_BASELINE, change });
    expect(await shown(file)).toEqual(await decodeImage(first, SIZE));
  });
});

describe('the fields', () => {
  const fieldsOf = async (change: Elements) => await readDicom(dicomFile(RGB, { change }));

  test.each([
    ['explicit', EXPLICIT],
    ['implicit', IMPLICIT],
  ])('of patient and study, %s VR', async (_, syntax) => {
    const change: Elements = {
      '0008,2218': ['SQ', [{ '0008,0100': ['SH', '77568009'], '0008,0104': ['LO', 'Skin of upper back'] }]],
      '0028,0301': ['CS', 'NO'],
    };
    const { fields } = await readDicom(dicomFile(RGB, { syntax, change }));
    expect(fields).toEqual({
      patient: {
        name: 'Dr Zenobia Quillfeather',
        id: 'PX-4711',
        birthDate: '1961-07-04',
        sex: 'female',
        age: 62,
      },
      studyDate: '2024-02-29',
      bodySite: 'Skin of upper back',
      burnedInAnnotation: 'no',
    });
  });

  test('are null where the file has none, or one that cannot be', async () => {
    const none = Object.fromEntries(Object.keys(PATIENT).map((tag) => [tag, null]));
    expect((await fieldsOf(none)).fields).toEqual({
      patient: { name: null, id: null, birthDate: null, sex: null, age: null },
      studyDate: null,
      bodySite: null,
      burnedInAnnotation: 'unknown',
    });
    const { fields } = await fieldsOf({
      '0010,0030': ['DA', '19610231'],
      '0010,0040': ['CS', 'X'],
      '0010,1010': ['AS', 'old'],
      '0010,0010': ['PN', '^^^'],
    });
    expect(fields.patient).toMatchObject({ name: null, birthDate: null, sex: null, age: null });
    expect(fields.bodySite).toBe('BACK');
  });

  test.each([
    ['018M', 1],
    ['024M', 2],
    ['006W', 0],
    ['003D', 0],
    ['101Y', 101],
  ])('an age of %s is %i whole years', async (written, age) => {
    expect((await fieldsOf({ '0010,1010': ['AS', written] })).fields.patient.age).toBe(age);
  });

  test.each([
    ['ISO_IR 100', 'Müller^Zoë', 'latin1', 'Zoë Müller'],
    ['ISO_IR 192', 'Müller^Zoë=미=x', 'utf8', 'Zoë Müller'],
  ] as const)('a name in %s', async (set, written, coding, name) => {
    const { fields, warnings } = await fieldsOf({
      '0008,0005': ['CS', set],
      '0010,0010': ['PN', Buffer.from(written, coding)],
    });
    expect(fields.patient.name).toBe(name);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ['a character set not known here', '\\ISO 2022 IR 87'],
    ['bytes that are not of the character set', 'ISO_IR 192'],
  ])('%s leaves the text out and says so', async (_, set) => {
    const { fields, warnings } = await fieldsOf({
      '0008,0005': ['CS', set],
      '0010,0010': ['PN', Buffer.from('Müller^Zoë', 'latin1')],
    });
    expect(fields.patient).toMatchObject({ name: null, id: 'PX-4711' });
    expect(warnings.at(-1)).toMatch(/characters that cannot be read here/);
  });

  test.each([
    ['YES', /says that text is burned/],
    ['NO', /says that no text is burned.*Look all the same/],
    [null, /Text may be burned/],
  ])('burned-in annotation %s: a warning in any case', async (value, words) => {
    const { warnings } = await fieldsOf(value === null ? {} : { '0028,0301': ['CS', value] });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(words);
  });

  test('a colour profile other than sRGB is said to be left out', async () => {
    const foreign = await fieldsOf({ '0028,2000': ['OB', Buffer.from('....Adobe RGB (1998)....')] });
    expect(foreign.warnings.at(-1)).toMatch(/colour profile of the file is not applied/);
    const same = await fieldsOf({ '0028,2000': ['OB', Buffer.from('....sRGB IEC61966-2.1....')] });
    expect(same.warnings).toHaveLength(1);
  });

  test('nothing of them is in the picture', async () => {
    const jpeg = await sharp(await asJpeg(rgb))
      .withExif({ IFD0: { Artist: 'Quillfeather' } })
      .jpeg()
      .toBuffer();
    expect(jpeg.includes('Quillfeather')).toBe(true);
    const file = dicomFile(
      { ...RGB, data: fragments(jpeg), coding: 'YBR_FULL_422' },
      { syntax: JPEG_BASELINE },
    );
    for (const { picture } of [await readDicom(file), await readDicom(dicomFile(RGB))]) {
      const { exif, xmp, iptc, comments } = await sharp(picture.bytes).metadata();
      expect([exif, xmp, iptc, comments]).toEqual([undefined, undefined, undefined, undefined]);
      for (const value of ['Quillfeather', 'PX-4711', '19610704'])
        expect(picture.bytes.includes(value)).toBe(false);
    }
  });
});

describe('what is not read is refused by what it is', () => {
  const refusal = async (file: Buffer) =>
    await readDicom(file, 'dropped file').then(
      () => 'read',
      (error: { code: string; message: string; cause?: unknown }) => {
        // Neither the message nor what hangs on it may carry a patient's values on to a log.
        expect(JSON.stringify([error.message, error.cause])).not.toMatch(/Quill|4711|1961/);
        return `${error.code}: ${error.message}`;
      },
    );

  test.each<[string, Elements, RegExp]>([
    [
      'a CT',
      { '0008,0016': ['UI', '1.2.840.10008.5.1.4.1.1.2'] },
      /SOP class 1\.2\.840\.10008\.5\.1\.4\.1\.1\.2; expected a photograph/,
    ],
    ['no SOP class', { '0008,0016': null }, /SOP class \(none\)/],
    ['a SOP class that is a name', { '0008,0016': ['UI', 'Quillfeather'] }, /SOP class \(not a UID\)/],
    ['no picture', { '7fe0,0010': null }, /has no picture in it/],
    ['no pixels', { '0028,0010': ['US', 0] }, /has 60 x 0 pixels/],
    [
      'too many pixels',
      { '0028,0010': ['US', 65_535], '0028,0011': ['US', 65_535] },
      /has 65535 x 65535 pixels; expected 1 to 268 million/,
    ],
    [
      'fewer bytes than pixels',
      { '0028,0010': ['US', 46] },
      /cut off: 8100 bytes of 60 x 46 pixels; expected 8280/,
    ],
    [
      'a palette',
      { '0028,0004': ['CS', 'PALETTE COLOR'], '0028,0002': ['US', 1] },
      /coded as PALETTE COLOR, uncompressed; expected RGB/,
    ],
    ['inverted grey', { '0028,0004': ['CS', 'MONOCHROME1'], '0028,0002': ['US', 1] }, /coded as MONOCHROME1/],
    [
      'uncompressed YBR_FULL_422',
      { '0028,0004': ['CS', 'YBR_FULL_422'] },
      /coded as YBR_FULL_422, uncompressed/,
    ],
    ['a coding that is a name', { '0028,0004': ['CS', 'QUILLFEATHER'] }, /coded in an unknown way/],
    [
      '16 bits',
      { '0028,0100': ['US', 16], '0028,0101': ['US', 12] },
      /3 samples of 16 bits, of which 12 are used; expected 3 unsigned of 8 bits/,
    ],
    ['signed pixels', { '0028,0103': ['US', 1] }, /3 signed samples of 8 bits/],
    ['another number of samples', { '0028,0002': ['US', 4] }, /4 samples of 8 bits/],
  ])('%s', async (_, change, message) => {
    const text = await refusal(dicomFile(RGB, { change }));
    expect(text).toMatch(/^bad-image: dropped file: /);
    expect(text).toMatch(message);
  });

  test.each([
    [
      '1.2.840.10008.1.2.1.99',
      /deflated \(1\.2\.840\.10008\.1\.2\.1\.99\), which is not read; export it uncompressed/,
    ],
    ['1.2.840.10008.1.2.2', /big endian/],
    ['1.2.840.10008.1.2.5', /RLE/],
    ['1.2.840.10008.1.2.4.51', /JPEG extended/],
    ['1.2.840.10008.1.2.4.70', /lossless JPEG/],
    ['1.2.840.10008.1.2.4.90', /JPEG 2000/],
    ['1.2.840.10008.1.2.4.102', /of the transfer syntax 1\.2\.840\.10008\.1\.2\.4\.102/],
  ])('the transfer syntax %s', async (syntax, message) => {
    expect(await refusal(dicomFile({ ...RGB, data: fragments(rgb) }, { syntax }))).toMatch(message);
  });

  test('what is no DICOM file', async () => {
    expect(isDicom(dicomFile(RGB))).toBe(true);
    for (const file of [Buffer.alloc(0), Buffer.from('text'), Buffer.alloc(200)]) {
      expect(isDicom(file)).toBe(false);
      expect(await refusal(file)).toMatch(/^bad-image: dropped file: this is no DICOM file/);
    }
  });

  test('a file cut off anywhere', async () => {
    const file = dicomFile({ ...RGB, data: rgb.subarray(0, 48), widthPx: 4, heightPx: 4 });
    expect(await refusal(file)).toBe('read');
    for (let length = 132; length < file.length; length++) {
      expect(await refusal(file.subarray(0, length))).toMatch(/^bad-image: /);
    }
  });

  test('a file with bytes changed anywhere is read, or refused like this', async () => {
    const random = createRandom(12);
    const change: Elements = { '0008,2218': ['SQ', [{ '0008,0104': ['LO', 'Skin'] }]] };
    const files = [EXPLICIT, IMPLICIT].map((syntax) =>
      dicomFile({ ...RGB, data: rgb.subarray(0, 48), widthPx: 4, heightPx: 4 }, { syntax, change }),
    );
    for (let i = 0; i < 1500; i++) {
      const file = Buffer.from(files[i % 2]!);
      for (let k = 0; k < 3; k++) file[132 + random.integer(file.length - 132)] = random.integer(256);
      expect(await refusal(file)).toMatch(/^(read$|bad-image: )/);
    }
  });
});
