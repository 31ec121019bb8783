/**
 * A JPEG file without its metadata, its coded picture untouched (ITU T.81 Annex B). Pure.
 *
 * Only what decoding needs is copied: tables, frame, scans, restart interval, and the colour transform of JFIF and Adobe without their
 * thumbnails. Exif (place, time, serial numbers, a thumbnail), XMP, IPTC, comments, makers' segments and whatever follows the end of the picture
 * are left out.
 */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;
/** DQT, DHT, DAC, DRI, DNL: tables and sizes. */
const TABLES = new Set([0xdb, 0xc4, 0xcc, 0xdd, 0xdc]);
const JFIF_BYTES = 14;
const ADOBE_BYTES = 12;

/** @returns null where the picture cannot be kept as it is coded: it has a colour profile, or the file is built in an unusual way */
export function stripJpeg(file: Buffer): Buffer | null {
  if (file[0] !== 0xff || file[1] !== SOI) return null;
  const kept: Buffer[] = [file.subarray(0, 2)];
  let at = 2;
  while (file[at] === 0xff && at + 2 <= file.length) {
    const marker = file[at + 1]!;
    if (marker === EOI) return Buffer.concat([...kept, file.subarray(at, at + 2)]);
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    const end = at + 4 <= file.length ? at + 2 + file.readUInt16BE(at + 2) : 0;
    if (end < at + 4 || end > file.length) return null;
    const segment = file.subarray(at, end);
    if (marker === APP2 && segment.includes('ICC_PROFILE', 4, 'latin1')) return null;
    kept.push(copyOf(marker, segment));
    at = marker === SOS ? endOfScan(file, end) : end;
    kept.push(file.subarray(end, at));
  }
  return null;
}

/** Empty for what is left out. */
function copyOf(marker: number, segment: Buffer): Buffer {
  const isFrame = marker >= 0xc0 && marker <= 0xcf && !TABLES.has(marker) && marker !== 0xc8;
  if (isFrame || marker === SOS || TABLES.has(marker)) return segment;
  const name = segment.toString('latin1', 4, 9);
  if (marker === APP0 && name === 'JFIF\0' && segment.length >= 4 + JFIF_BYTES) {
    const short = Buffer.from(segment.subarray(0, 4 + JFIF_BYTES));
    short.writeUInt16BE(2 + JFIF_BYTES, 2);
    short.fill(0, 4 + JFIF_BYTES - 2); // no thumbnail
    return short;
  }
  if (marker === APP14 && name === 'Adobe' && segment.length >= 4 + ADOBE_BYTES) {
    const short = Buffer.from(segment.subarray(0, 4 + ADOBE_BYTES));
    short.writeUInt16BE(2 + ADOBE_BYTES, 2);
    return short;
  }
  return Buffer.alloc(0);
}

/** Coded data goes on until a marker that is neither a stuffed zero nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const next = file[at + 1]!;
    const isData = next === 0x00 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return file.length;
}
