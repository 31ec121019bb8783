/**
 * The demo set: invented lesions in HAM10000's layout, with a metadata table and a marker file that makes every import
 * of it synthetic. Runs in the worker. Same options, same files.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { createRandom, deriveSeed, type Random } from '../../numerics/random.ts';
import { forEachConcurrently, type ItemProgress } from '../concurrently.ts';
import { SYNTHETIC_MARKER } from '../folder-contents.ts';
import { writeFileWhole } from '../write-file.ts';
import { drawView, type PictureSize } from './draw-view.ts';
import { createLesion, type Lesion } from './lesion.ts';
import { LESION_STYLES, type LesionStyle } from './lesion-styles.ts';

/** Raised whenever the same options give other pictures. */
const DRAWING_VERSION = 1;
const TABLE = 'synthetic_metadata.csv';
const FOLDERS = ['synthetic_images_part_1', 'synthetic_images_part_2'];
const COLUMNS = 'lesion_id,image_id,dx,dx_type,age,sex,localization';

export interface SyntheticOptions {
  /** New, empty, or holding an earlier demo set, which is replaced if it is another one. */
  readonly folder: string;
  readonly images?: number;
  readonly seed?: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Row-major RGB → the bytes of a JPEG file. */
  readonly encode: (pixels: Uint8Array, size: PictureSize) => Promise<Uint8Array>;
  readonly onProgress?: ((progress: ItemProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Draws the set unless it is there already. Every class has lesions of one to three pictures.
 * Throws `bad-input` (fewer than 14 images), `conflict` (the folder holds something else), `read-only`, `disk-full`,
 * `cancelled`; the table is written last, so that a set that was interrupted is not imported.
 */
export async function writeSyntheticDataset(options: SyntheticOptions): Promise<void> {
  const { folder, images = 240, seed = 1, widthPx = 200, heightPx = 150 } = options;
  const smallest = 2 * Object.keys(LESION_STYLES).length;
  if (!Number.isInteger(images) || images < smallest) {
    throw new AppError(
      'bad-input',
      `${images} synthetic images: expected a whole number of at least ${smallest}.`,
    );
  }
  const marker = markerText({ images, seed, widthPx, heightPx });
  if (await isComplete(folder, marker)) return;
  await writeFileWhole(join(folder, SYNTHETIC_MARKER), [marker]);
  const pictures = planPictures(images, seed);
  await forEachConcurrently(
    pictures,
    async ({ lesion, imageId, viewSeed }, index) => {
      const pixels = drawView(lesion, { widthPx, heightPx }, createRandom(viewSeed));
      const bytes = await options.encode(pixels, { widthPx, heightPx });
      await writeFileWhole(join(folder, FOLDERS[index % 2]!, `${imageId}.jpg`), [bytes]);
    },
    options,
  );
  const rows = pictures.map(({ row }) => `${row}\n`);
  await writeFileWhole(join(folder, TABLE), [`${COLUMNS}\n`, ...rows]);
}

function markerText(options: Record<string, number>): string {
  return (
    'These pictures are synthetic: drawn by Lesion Lab, of no patient. For trying the program only.\n' +
    `${JSON.stringify({ drawingVersion: DRAWING_VERSION, ...options })}\n`
  );
}

/** True when this very set is there; empties a folder that holds another demo set; refuses any other content. */
async function isComplete(folder: string, marker: string): Promise<boolean> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw new AppError('conflict', `${folder} cannot hold the demo images (${cause.code}).`, { cause });
  });
  if (entries.length === 0) return false;
  if (!entries.includes(SYNTHETIC_MARKER)) {
    throw new AppError('conflict', `${folder} holds other files; choose a new folder for the demo images.`);
  }
  const found = await readFile(join(folder, SYNTHETIC_MARKER), 'utf8');
  if (found === marker && entries.includes(TABLE)) return true;
  for (const name of [TABLE, ...FOLDERS]) await rm(join(folder, name), { recursive: true, force: true });
  return false;
}

interface PlannedPicture {
  readonly imageId: string;
  readonly lesion: Lesion;
  readonly viewSeed: number;
  /** The picture's line of the metadata table. */
  readonly row: string;
}

function planPictures(images: number, seed: number): PlannedPicture[] {
  const pictures: PlannedPicture[] = [];
  let lesions = 0;
  for (const [code, count] of Object.entries(countsOfClasses(images))) {
    const style = LESION_STYLES[code]!;
    let left = count;
    while (left > 0) {
      const random = createRandom(deriveSeed(seed, 'lesion', ++lesions));
      const views = Math.min(left, [1, 1, 1, 2, 2, 3][random.integer(6)]!, Math.ceil(count / 2));
      const lesion = createLesion(style, random);
      const patient = patientCells(style, random);
      for (let view = 0; view < views; view++) {
        const number = String(pictures.length + 1).padStart(6, '0');
        pictures.push({
          imageId: `SYN_${number}`,
          lesion,
          viewSeed: deriveSeed(seed, 'view', number),
          row: `SYNL_${String(lesions).padStart(6, '0')},SYN_${number},${code},${patient}`,
        });
      }
      left -= views;
    }
  }
  return pictures;
}

/** Images of each class by the styles' shares, at least two each, largest remainders first. */
function countsOfClasses(images: number): Record<string, number> {
  const codes = Object.keys(LESION_STYLES);
  const free = images - 2 * codes.length;
  const exact = codes.map((code) => free * LESION_STYLES[code]!.share);
  const counts = exact.map((value) => 2 + Math.floor(value));
  const byRemainder = codes.map((_, i) => i).sort((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b);
  let left = images - counts.reduce((sum, count) => sum + count, 0);
  for (const index of byRemainder) {
    if (left-- > 0) counts[index]! += 1;
  }
  return Object.fromEntries(codes.map((code, index) => [code, counts[index]!]));
}

/** dx_type, age, sex and site; now and then missing, zero or unknown, as in the real table. */
function patientCells(style: LesionStyle, random: Random): string {
  const years = 5 * Math.round(random.uniform(style.ageYears[0], style.ageYears[1]) / 5);
  const sex = random.float() < 0.53 ? 'male' : 'female';
  const site = style.sites[random.integer(style.sites.length)]!;
  const dxType =
    random.float() < 0.6 ? style.dxTypes[0]! : style.dxTypes[random.integer(style.dxTypes.length)]!;
  const flaw = random.float();
  const age = flaw < 0.01 ? '' : flaw < 0.015 ? '0.0' : years.toFixed(1);
  return [dxType, age, sex, flaw > 0.98 ? 'unknown' : site].join(',');
}
