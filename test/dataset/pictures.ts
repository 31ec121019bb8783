/** Drawn pictures and folders for the tests of data and images; nothing of a real data set. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { onTestFinished } from 'vitest';
import { drawView } from '../../src-main/dataset/synthetic/draw-view.ts';
import { createLesion } from '../../src-main/dataset/synthetic/lesion.ts';
import { LESION_STYLES } from '../../src-main/dataset/synthetic/lesion-styles.ts';
import { createRandom } from '../../src-main/numerics/random.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, by path relative to the folder, making sub-folders. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A drawn lesion, another one for each seed. */
export function drawnPixels(seed: number, widthPx = 60, heightPx = 45, code = 'nv'): Uint8Array {
  const random = createRandom(seed);
  return drawView(createLesion(LESION_STYLES[code]!, random), { widthPx, heightPx }, random);
}

export function asSharp(pixels: Uint8Array, width = 60, height = 45): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export async function drawnJpeg(seed: number, code = 'nv'): Promise<Buffer> {
  return await asSharp(drawnPixels(seed, 60, 45, code))
    .jpeg()
    .toBuffer();
}

export async function drawnPng(seed: number, code = 'nv'): Promise<Buffer> {
  return await asSharp(drawnPixels(seed, 60, 45, code))
    .png()
    .toBuffer();
}
