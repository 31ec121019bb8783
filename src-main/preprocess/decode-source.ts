/**
 * Opens a picture file for decoding: reads it once, tells by its first bytes what it is, and turns whatever is
 * wrong with it into a `bad-image` error that a person can act on. Runs in the worker.
 *
 * Accepted are JPEG, PNG, TIFF and WebP; a page of several gives the first. Decoding fails on serious errors and
 * on truncation (`failOn: 'error'`); mere warnings (a few extraneous bytes that phones and cameras leave before a
 * marker, an odd colour profile) do not make a picture unreadable.
 */
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../contract/errors.ts';
import type { PixelSize } from './pixel-size.ts';

/** 0x3FFF squared, libvips's own bound: 805 MB once decoded; a 20,000 x 13,000 picture still fits. */
export const PIXEL_LIMIT = 268_402_689;

/** The library that decodes, with its version. */
export const DECODER = `sharp ${sharp.versions.sharp ?? ''} with libvips ${sharp.versions.vips}`;

const FORMATS = ['jpeg', 'png', 'tiff', 'webp'] as const;
const EXPECTED = 'expected a JPEG, PNG, TIFF or WebP picture';

// Every picture is decoded once, so a cache of operations only holds memory; and pictures are decoded side by side
// on the four threads of the pool, so threads inside one of them would only contend.
sharp.cache(false);
sharp.concurrency(1);

/** The whole of a file, or `bad-image` / `not-found` naming it. */
export async function readPictureFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new AppError('not-found', `${path}: there is no such file; check the path.`, { cause });
    }
    const reason = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : code;
    throw new AppError('bad-image', `${path}: cannot be read (${reason}); ${EXPECTED}.`, { cause });
  }
}

/** A decodable picture; its size is after EXIF orientation. */
export interface OpenedPicture {
  readonly image: Sharp;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Reads the header, unless the size (after EXIF orientation) is `known`. `name` is what error messages call the picture.
 * Throws `bad-image`.
 */
export async function openPicture(bytes: Buffer, name: string, known?: PixelSize): Promise<OpenedPicture> {
  const image = toSharp(bytes, name);
  if (known) return { image, ...known };
  const { autoOrient } = await guarded(name, () => image.metadata());
  return { image, widthPx: autoOrient.width, heightPx: autoOrient.height };
}

/** How many pictures the file holds: pages of a TIFF, frames of an animated WebP. @throws AppError `bad-image` */
export async function countPictures(bytes: Buffer, name: string): Promise<number> {
  const { pages = 1 } = await guarded(name, () => toSharp(bytes, name).metadata());
  return pages;
}

function toSharp(bytes: Buffer, name: string): Sharp {
  if (bytes.length === 0) throw new AppError('bad-image', `${name}: the file is empty; ${EXPECTED}.`);
  if (formatOf(bytes) === null) {
    throw new AppError('bad-image', `${name}: this is ${describe(bytes)}; ${EXPECTED}.`);
  }
  return sharp(bytes, { failOn: 'error', limitInputPixels: PIXEL_LIMIT, autoOrient: true });
}

/** Runs a libvips operation and turns its failure into `bad-image`. */
export async function guarded<T>(name: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (/pixel limit/i.test(text)) {
      throw new AppError(
        'bad-image',
        `${name}: more than ${Math.floor(PIXEL_LIMIT / 1e6)} million pixels; reduce it to a smaller size first.`,
        { cause },
      );
    }
    // libvips keeps its words in one place for all threads, so that another picture may have taken them
    const words = /^unknown error$/i.test(text) ? '' : text.replace(/\s+/g, ' ').trim().slice(0, 160);
    throw new AppError(
      'bad-image',
      `${name}: damaged or truncated, cannot be decoded whole${words && ` (${words})`}; copy or export it again.`,
      { cause },
    );
  }
}

function formatOf(bytes: Buffer): (typeof FORMATS)[number] | null {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return 'tiff';
  if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return 'webp';
  return null;
}

/** Kinds of file that people take for pictures to classify, by their first bytes. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^GIF8/, 'a GIF'],
  [/^BM.{4}\0{4}/s, 'a BMP picture'],
  [/^.{4}ftyp(hei|hev|mif1|msf1)/s, 'a HEIC picture, as phones take them'],
  [/^.{4}ftypavi/s, 'an AVIF picture'],
  [/^.{4}jP {2}/s, 'a JPEG 2000 picture'],
  [/^%PDF/, 'a PDF'],
];

function describe(bytes: Buffer): string {
  const signature = bytes.toString('latin1', 0, 12);
  const other = OTHER_KINDS.find(([pattern]) => pattern.test(signature));
  if (other) return other[1];
  const start = bytes.subarray(0, 512);
  const isText = start.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  if (isText) return 'a text file';
  return `not a known picture format (it starts with the bytes ${start.subarray(0, 4).toString('hex')})`;
}
