import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary.ts';
import { openWorker } from './open-worker.ts';

/** Left half one colour, right half another. */
async function writePicture(path: string, widthPx: number, heightPx: number, orientation = 1): Promise<void> {
  const half = { width: Math.floor(widthPx / 2), height: heightPx, channels: 3 as const };
  const right = await sharp({ create: { ...half, background: '#2040c0' } })
    .png()
    .toBuffer();
  await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#c04020' } })
    .composite([{ input: right, left: half.width, top: 0 }])
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toFile(path);
}

async function pixelAt(path: string, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const start = (y * info.width + x) * info.channels;
  return [...data.subarray(start, start + 3)];
}

test('thumbnails are small, upright, true in colour, never enlarged; one that fails leaves the others alone', async () => {
  const folder = temporaryFolder();
  const place = (name: string) => join(folder, name);
  await writePicture(place('wide.jpg'), 600, 450);
  await writePicture(place('turned.jpg'), 600, 450, 6);
  await writePicture(place('tiny.jpg'), 40, 30);
  writeFileSync(place('text.jpg'), 'Dear patient');
  const names = ['wide', 'turned', 'tiny', 'text', 'missing'];
  const pictures = names.map((name) => ({
    source: place(`${name}.jpg`),
    target: join(folder, 'cache', name.slice(0, 2), `${name}.webp`),
  }));
  const outcomes = await openWorker().call('thumbnails.make', { pictures });

  expect(outcomes.slice(0, 3)).toEqual([null, null, null]);
  expect(outcomes[3]).toContain('text.jpg: this is a text file');
  expect(outcomes[4]).toContain('missing.jpg: there is no such file');
  const sizes = await Promise.all(
    pictures.slice(0, 3).map(async ({ target }) => {
      const { width, height, format } = await sharp(target).metadata();
      return [format, width, height];
    }),
  );
  expect(sizes).toEqual([
    ['webp', 160, 120],
    ['webp', 120, 160],
    ['webp', 40, 30],
  ]);
  const [red, , blue] = await pixelAt(pictures[0]!.target, 20, 60);
  expect(Math.abs(red! - 0xc0) + Math.abs(blue! - 0x20)).toBeLessThan(16);
  // Turned a quarter clockwise, what was left is above.
  const above = await pixelAt(pictures[1]!.target, 60, 20);
  const below = await pixelAt(pictures[1]!.target, 60, 140);
  expect([above[0]! > above[2]!, below[0]! > below[2]!]).toEqual([true, false]);
});

test('where the cache cannot be written the failure is named and no half file is left', async () => {
  const folder = temporaryFolder();
  await writePicture(join(folder, 'a.jpg'), 60, 45);
  writeFileSync(join(folder, 'cache'), 'a file in the way');
  const pictures = [{ source: join(folder, 'a.jpg'), target: join(folder, 'cache', 'aa', 'a.webp') }];
  await expect(openWorker().call('thumbnails.make', { pictures })).rejects.toMatchObject({
    code: 'read-only',
  });
  expect(readdirSync(folder).sort()).toEqual(['a.jpg', 'cache']);
});
