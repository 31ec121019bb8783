import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectImage } from '../../src-main/preprocess/inspect.ts';
import { asSharp, drawnJpeg, drawnPixels, drawnPng, temporaryFolder } from '../dataset/pictures.ts';

function stored(bytes: Buffer, name = 'a.jpg'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

function differingBits(a: string, b: string): number {
  const bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  return bits.toString(2).replaceAll('0', '').length;
}

describe('inspectImage', () => {
  test('gives the SHA-256 of the file and the size after EXIF orientation', async () => {
    const bytes = await asSharp(drawnPixels(1)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const inspection = await inspectImage(stored(bytes));
    expect(inspection.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect([inspection.widthPx, inspection.heightPx]).toEqual([45, 60]);
  });

  test('the perceptual hash sets a bit where the left neighbour is brighter', async () => {
    const falling = new Uint8Array(90 * 80 * 3).map((_, i) => 250 - (Math.floor(i / 3) % 90) * 2);
    const rising = falling.map((value) => 255 - value);
    const hashOf = async (pixels: Uint8Array) =>
      (await inspectImage(stored(await asSharp(pixels, 90, 80).png().toBuffer()))).perceptualHash;
    expect(await hashOf(falling)).toBe('f'.repeat(16));
    expect(await hashOf(rising)).toBe('0'.repeat(16));
  });

  test('the perceptual hash survives size, encoding and light, and tells other lesions apart', async () => {
    const original = asSharp(drawnPixels(1, 240, 180), 240, 180);
    const changed = await original.clone().resize(150, 110).linear(0.85, 5).jpeg({ quality: 60 }).toBuffer();
    const first = await inspectImage(stored(await original.png().toBuffer()));
    const second = await inspectImage(stored(changed));
    const other = await inspectImage(stored(await drawnJpeg(2, 'vasc')));
    expect(differingBits(first.perceptualHash, second.perceptualHash)).toBeLessThanOrEqual(4);
    expect(differingBits(first.perceptualHash, other.perceptualHash)).toBeGreaterThan(10);
  });

  test('a grey picture is inspected as well', async () => {
    const grey = await asSharp(drawnPixels(1)).toColourspace('b-w').png().toBuffer();
    expect((await inspectImage(stored(grey))).thumbnail).toHaveLength(18 * 16);
  });

  test.each([0.5, 0.99])('a file cut off at %f of its length is refused, JPEG and PNG', async (share) => {
    for (const bytes of [await drawnJpeg(1), await drawnPng(1)]) {
      const path = stored(bytes.subarray(0, Math.floor(bytes.length * share)));
      await expect(inspectImage(path)).rejects.toMatchObject({
        code: 'bad-image',
        message: expect.stringContaining(path),
      });
    }
  });
});
