/**
 * A DICOM file → a picture without metadata, and the patient's fields apart from it. Runs in the worker.
 *
 * Read are the kinds of image that hold photographs (PS3.6 table A-1: VL Photographic, Dermoscopic Photography, Secondary Capture), 8
 * bits a sample, uncompressed little endian (explicit or implicit VR) or JPEG baseline; RGB, YBR_FULL and MONOCHROME2 (PS3.3
 * C.7.6.3.1.2). Everything else is refused by what it is. Of several frames the first is taken, with a warning.
 *
 * Text may be burned into the picture, whatever the file says of it; it is always warned of. No message names a field's value but
 * UIDs, sizes and codings. Fields belong to a patient: the caller shows them and keeps them only when asked.
 */
import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import sharp from 'sharp';
import { isDicom } from '../contract/dicom-signature.ts';
import { AppError } from '../contract/errors.ts';
import { guarded, PIXEL_LIMIT } from './decode-source.ts';
import { type DicomFields, readDicomFields } from './dicom-fields.ts';
import type { PixelSize } from './pixel-size.ts';

export interface DicomPicture {
  readonly picture: PixelSize & { readonly mediaType: 'image/png'; readonly bytes: Buffer };
  readonly fields: DicomFields;
  /** Sentences for a person; the one of text in the picture is always there. */
  readonly warnings: readonly string[];
}

/** The most that uncompressed pixels within the limit of pixels take, and as much again for the rest. */
const BYTE_LIMIT = 1024 ** 3;

const SOP_CLASSES: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.7': 'Secondary Capture',
  '1.2.840.10008.5.1.4.1.1.7.4': 'Multi-frame True Color Secondary Capture',
  '1.2.840.10008.5.1.4.1.1.77.1.4': 'VL Photographic',
  '1.2.840.10008.5.1.4.1.1.77.1.7': 'Dermoscopic Photography',
};
const EXPECTED_CLASS =
  'expected a photograph (VL Photographic, Dermoscopic Photography or Secondary Capture)';

const UNCOMPRESSED = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'];
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const REFUSED_SYNTAXES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.1.99': 'deflated',
  '1.2.840.10008.1.2.2': 'big endian',
  '1.2.840.10008.1.2.5': 'RLE',
  '1.2.840.10008.1.2.4.51': 'JPEG extended',
  '1.2.840.10008.1.2.4.57': 'lossless JPEG',
  '1.2.840.10008.1.2.4.70': 'lossless JPEG',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
};
const EXPECTED_SYNTAX = 'export it uncompressed (explicit VR little endian) or as JPEG baseline';

/** Colour codings that are read, with their samples a pixel. */
const CODINGS: Readonly<Record<string, number>> = { RGB: 3, YBR_FULL: 3, YBR_FULL_422: 3, MONOCHROME2: 1 };
const REFUSED_CODINGS = [
  'PALETTE COLOR',
  'MONOCHROME1',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
  'HSV',
  'ARGB',
  'CMYK',
];

const BURNED_IN = {
  yes: 'The file says that text is burned into its picture. It may name the patient: look before you keep or share it.',
  no: 'The file says that no text is burned into its picture. Look all the same before you keep or share it.',
  unknown: 'Text may be burned into the picture. It may name the patient: look before you keep or share it.',
} as const;

/**
 * @param name what error messages call the file
 * @throws AppError `bad-image` naming what was received
 */
export async function readDicom(bytes: Buffer, name = 'DICOM file'): Promise<DicomPicture> {
  const dataSet = parse(bytes, name);
  const header = attempt(name, () => readHeader(dataSet, name));
  const { fields, warnings } = attempt(name, () => readDicomFields(dataSet));
  const pixels = header.isJpeg
    ? await decodedJpeg(dataSet, header, name)
    : await uncompressedPixels(dataSet, header, name);
  const { widthPx, heightPx } = header;
  const raw = { width: widthPx, height: heightPx, channels: header.samples };
  const png = await guarded(name, () =>
    sharp(pixels, { raw, limitInputPixels: PIXEL_LIMIT }).png({ compressionLevel: 6 }).toBuffer(),
  );
  return {
    picture: { mediaType: 'image/png', bytes: png, widthPx, heightPx },
    fields,
    warnings: [BURNED_IN[fields.burnedInAnnotation], ...warningsOf(dataSet, header), ...warnings],
  };
}

interface Header extends PixelSize {
  readonly isJpeg: boolean;
  readonly coding: string;
  readonly samples: 1 | 3;
  readonly isPlanar: boolean;
  readonly frames: number;
  readonly pixelData: Element;
}

/** The parser's own errors carry the data set, so that nothing of them goes on. */
function parse(bytes: Buffer, name: string): DataSet {
  if (!isDicom(bytes)) {
    throw bad(name, 'this is no DICOM file (bytes 128 to 131 are not "DICM")', 'choose another file');
  }
  if (bytes.length > BYTE_LIMIT) {
    throw bad(name, `the file has ${bytes.length} bytes`, `expected at most ${BYTE_LIMIT}`);
  }
  attempt(name, () => requireSyntax(dicomParser.readPart10Header(bytes), name));
  return attempt(name, () => dicomParser.parseDicom(bytes));
}

function attempt<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw bad(name, 'the DICOM file is damaged or truncated', 'copy or export it again');
  }
}

function requireSyntax(meta: DataSet, name: string): void {
  const syntax = uid(meta, 'x00020010');
  if (UNCOMPRESSED.includes(syntax) || syntax === JPEG_BASELINE) return;
  const known = REFUSED_SYNTAXES[syntax];
  const received = known ? `${known} (${syntax})` : `of the transfer syntax ${syntax}`;
  throw bad(name, `its picture is ${received}, which is not read`, EXPECTED_SYNTAX);
}

function readHeader(dataSet: DataSet, name: string): Header {
  const sopClass = uid(dataSet, 'x00080016');
  if (!SOP_CLASSES[sopClass]) {
    throw bad(name, `the file is of the SOP class ${sopClass}`, EXPECTED_CLASS);
  }
  const pixelData = dataSet.elements.x7fe00010;
  if (!pixelData) throw bad(name, 'the DICOM file has no picture in it', EXPECTED_CLASS);
  const [widthPx, heightPx] = [dataSet.uint16('x00280011') ?? 0, dataSet.uint16('x00280010') ?? 0];
  if (widthPx * heightPx === 0 || widthPx * heightPx > PIXEL_LIMIT) {
    const most = Math.floor(PIXEL_LIMIT / 1e6);
    throw bad(name, `the picture has ${widthPx} x ${heightPx} pixels`, `expected 1 to ${most} million`);
  }
  return {
    isJpeg: uid(dataSet, 'x00020010') === JPEG_BASELINE,
    widthPx,
    heightPx,
    ...readCoding(dataSet, name),
    isPlanar: dataSet.uint16('x00280006') === 1,
    frames: dataSet.intString('x00280008') ?? 1,
    pixelData,
  };
}

function readCoding(dataSet: DataSet, name: string): Pick<Header, 'coding' | 'samples'> {
  const isJpeg = uid(dataSet, 'x00020010') === JPEG_BASELINE;
  const coding = dataSet.string('x00280004') ?? '';
  const samples = CODINGS[coding];
  const isUncompressed422 = coding === 'YBR_FULL_422' && !isJpeg;
  if ((samples !== 1 && samples !== 3) || isUncompressed422) {
    const isNamed = isUncompressed422 || REFUSED_CODINGS.includes(coding);
    throw bad(
      name,
      `its colours are coded ${isNamed ? `as ${coding}${isJpeg ? '' : ', uncompressed'}` : 'in an unknown way'}`,
      'expected RGB, YBR_FULL or MONOCHROME2, or a colour JPEG',
    );
  }
  const depth = ['x00280100', 'x00280101', 'x00280103'].map((tag) => dataSet.uint16(tag) ?? 0);
  const received = dataSet.uint16('x00280002');
  if (depth[0] !== 8 || depth[1] !== 8 || depth[2] !== 0 || received !== samples) {
    throw bad(
      name,
      `its pixels have ${received ?? 'no'} ${depth[2] === 1 ? 'signed ' : ''}samples of ${depth[0]} bits, of which ${depth[1]} are used`,
      `expected ${samples} unsigned of 8 bits each for ${coding}`,
    );
  }
  return { coding, samples };
}

function warningsOf(dataSet: DataSet, { frames, isJpeg }: Header): string[] {
  const profile = dataSet.elements.x00282000;
  const isForeign =
    !isJpeg && profile && !Buffer.from(bytesOf(dataSet, profile)).toString('latin1').includes('sRGB');
  return [
    ...(frames > 1 ? [`The file has ${frames} frames. Only the first is taken.`] : []),
    ...(isForeign ? ['The colour profile of the file is not applied: colours may look different.'] : []),
  ];
}

/** First frame, one or three samples a pixel, interleaved, RGB. */
async function uncompressedPixels(dataSet: DataSet, header: Header, name: string): Promise<Buffer> {
  const { widthPx, heightPx, samples, pixelData } = header;
  const needed = widthPx * heightPx * samples;
  const stored = bytesOf(dataSet, pixelData);
  if (pixelData.encapsulatedPixelData || stored.length < needed) {
    throw bad(
      name,
      `the picture is cut off: ${stored.length} bytes of ${widthPx} x ${heightPx} pixels`,
      `expected ${needed}; copy or export it again`,
    );
  }
  const frame = Buffer.from(stored.subarray(0, needed));
  const interleaved = header.isPlanar && samples === 3 ? interleave(frame) : frame;
  return header.coding === 'YBR_FULL' ? toRgb(interleaved) : interleaved;
}

function interleave(planes: Buffer): Buffer {
  const count = planes.length / 3;
  const pixels = Buffer.alloc(planes.length);
  for (let i = 0; i < count; i++) {
    for (let plane = 0; plane < 3; plane++) pixels[i * 3 + plane] = planes[plane * count + i]!;
  }
  return pixels;
}

/** YBR_FULL → RGB, in place: ITU-R BT.601 at full range (PS3.3 C.7.6.3.1.2). */
function toRgb(pixels: Buffer): Buffer {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let i = 0; i < clamped.length; i += 3) {
    const [y, cb, cr] = [clamped[i]!, clamped[i + 1]! - 128, clamped[i + 2]! - 128];
    clamped[i] = y + 1.402 * cr;
    clamped[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    clamped[i + 2] = y + 1.772 * cb;
  }
  return pixels;
}

async function decodedJpeg(dataSet: DataSet, header: Header, name: string): Promise<Buffer> {
  const { widthPx, heightPx, samples } = header;
  const file = asCoded(jpegOf(dataSet, header, name), header.coding);
  const { data, info } = await guarded(name, () =>
    sharp(file, { failOn: 'error', limitInputPixels: PIXEL_LIMIT })
      .toColourspace(samples === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  if (info.width !== widthPx || info.height !== heightPx || info.channels !== samples) {
    throw bad(
      name,
      `its JPEG has ${info.width} x ${info.height} pixels of ${info.channels} samples, its header ${widthPx} x ${heightPx} of ${samples}`,
      'export it again',
    );
  }
  return data;
}

function jpegOf(dataSet: DataSet, { pixelData, frames }: Header, name: string): Buffer {
  const fragments = pixelData.fragments ?? [];
  const offsets = pixelData.basicOffsetTable ?? [];
  const frame = attempt(name, () => {
    if (frames <= 1) {
      return dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixelData, 0, fragments.length);
    }
    const table =
      offsets.length > 0 ? offsets : dicomParser.createJPEGBasicOffsetTable(dataSet, pixelData, fragments);
    return dicomParser.readEncapsulatedImageFrame(dataSet, pixelData, 0, table);
  });
  const file = Buffer.from(frame);
  if (file.toString('latin1', 0, 3) !== '\xff\xd8\xff') {
    throw bad(name, 'what should be a JPEG in the DICOM file is none', 'export it again');
  }
  return file;
}

/**
 * A JPEG without a JFIF or Adobe marker does not say how its colours are coded and would be taken for YCbCr; where the DICOM file
 * says RGB, an Adobe marker without a transform is put in.
 */
function asCoded(file: Buffer, coding: string): Buffer {
  if (coding !== 'RGB') return file;
  for (let at = 2; at + 4 <= file.length && file[at + 1] !== 0xda; at += 2 + file.readUInt16BE(at + 2)) {
    if (/^(\xff\xe0..JFIF|\xff\xee..Adobe)/s.test(file.toString('latin1', at, at + 9))) return file;
  }
  const adobe = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0', 'latin1');
  return Buffer.concat([file.subarray(0, 2), adobe, file.subarray(2)]);
}

function bytesOf(dataSet: DataSet, { dataOffset, length }: Element): Uint8Array {
  return dataSet.byteArray.subarray(dataOffset, dataOffset + length);
}

/** A UID as it may be shown; what is none is not. */
function uid(dataSet: DataSet, tag: string): string {
  const text = dataSet.string(tag) ?? '';
  if (text === '') return '(none)';
  return /^[0-9.]{1,64}$/.test(text) ? text : '(not a UID)';
}

function bad(name: string, received: string, expected: string): AppError {
  return new AppError('bad-image', `${name}: ${received}; ${expected}.`);
}
