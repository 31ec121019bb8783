/**
 * Draws the product's icons from the window's own: node scripts/run.mjs scripts/build/draw-icons.ts. PNG for Linux, and the containers of Windows
 * (ICO with PNG entries, as since Windows Vista) and macOS (ICNS with PNG entries, as since 10.7).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const ROOT = join(import.meta.dirname, '..', '..');
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Type of each size in an ICNS file. */
const ICNS_TYPES: Readonly<Record<number, string>> = {
  16: 'icp4',
  32: 'icp5',
  64: 'icp6',
  128: 'ic07',
  256: 'ic08',
  512: 'ic09',
  1024: 'ic10',
};

export interface Picture {
  readonly sizePx: number;
  readonly png: Buffer;
}

/** A directory of 16 bytes an entry, then the pictures. A size of 256 is written as 0. */
export function toIco(pictures: readonly Picture[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach(({ sizePx, png }, index) => {
    const at = 6 + 16 * index;
    header.writeUInt8(sizePx % 256, at);
    header.writeUInt8(sizePx % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** Chunks of type, length (with these eight bytes) and picture, in one chunk of type icns. */
export function toIcns(pictures: readonly Picture[]): Buffer {
  const chunks = pictures.map(({ sizePx, png }) => chunk(ICNS_TYPES[sizePx]!, png));
  return chunk('icns', Buffer.concat(chunks));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}

async function draw(sizePx: number): Promise<Picture> {
  const svg = readFileSync(join(ROOT, 'src-renderer', 'icon.svg'));
  const density = (72 * sizePx) / 32;
  return {
    sizePx,
    png: await sharp(svg, { density }).resize(sizePx, sizePx).png({ compressionLevel: 9 }).toBuffer(),
  };
}

if (import.meta.main) {
  const folder = join(ROOT, 'resources', 'icons');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'icon.png'), (await draw(512)).png);
  writeFileSync(join(folder, 'icon.ico'), toIco(await Promise.all(ICO_SIZES.map(draw))));
  writeFileSync(
    join(folder, 'icon.icns'),
    toIcns(await Promise.all(Object.keys(ICNS_TYPES).map(Number).map(draw))),
  );
}
