/** The icons of the installers, read as Windows and macOS read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';

const icon = (name: string) =>
  readFileSync(join(import.meta.dirname, '..', '..', 'resources', 'icons', name));
const widthOf = async (png: Buffer) => (await sharp(png).metadata()).width;

test('an ICO names each of its pictures with its true size and place', async () => {
  const ico = icon('icon.ico');
  expect([ico.readUInt16LE(0), ico.readUInt16LE(2)]).toEqual([0, 1]);
  const sizes: number[] = [];
  for (let entry = 6; entry < 6 + 16 * ico.readUInt16LE(4); entry += 16) {
    const offset = ico.readUInt32LE(entry + 12);
    const png = ico.subarray(offset, offset + ico.readUInt32LE(entry + 8));
    expect(await widthOf(png)).toBe(ico.readUInt8(entry) || 256);
    sizes.push(ico.readUInt8(entry) || 256);
  }
  expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
});

test('an ICNS has a picture of each size that macOS asks for, and no byte too many', async () => {
  const icns = icon('icon.icns');
  expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  const sizes: (number | undefined)[] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    sizes.push(await widthOf(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4))));
  }
  expect(sizes).toEqual([16, 32, 64, 128, 256, 512, 1024]);
});
