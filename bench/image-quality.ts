/**
 * How often the gate before classifying warns of HAM10000's own pictures, and of the same pictures spoilt on purpose. Prints the
 * tables of docs/image-quality.md. One picture of each lesion; the limits were chosen on the first SAMPLE of them alone.
 *
 *     node scripts/run.mjs bench/image-quality.ts FOLDER-OF-HAM10000
 */
import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { QUALITY_KINDS } from '../src-main/contract/schema/clinical-answer.ts';
import { readTable } from '../src-main/dataset/table.ts';
import { firstImages } from '../src-main/numerics/conformal.ts';
import { createRandom } from '../src-main/numerics/random.ts';
import { assessImage, type ImageQuality, QUALITY_RULES } from '../src-main/preprocess/image-quality.ts';

const SAMPLE = 300;
const SEED = 6;

const SPOILT: Readonly<Record<string, (picture: Sharp) => Promise<Sharp>>> = {
  'as they are': async (picture) => picture,
  'blurred by 0.7 pixels': async (picture) => picture.blur(0.7),
  'blurred by 1 pixel': async (picture) => picture.blur(1),
  'blurred by 1.5 pixels': async (picture) => picture.blur(1.5),
  'a quarter of the light': (picture) => exposed(picture, -2),
  'half the light': (picture) => exposed(picture, -1),
  'twice the light': (picture) => exposed(picture, 1),
  'four times the light': (picture) => exposed(picture, 2),
  'without colour': async (picture) => picture.greyscale(),
};

const [folder] = process.argv.slice(2);
if (!folder)
  throw new Error('Name the folder of HAM10000: node scripts/run.mjs bench/image-quality.ts FOLDER');
const paths = onePictureOfEachLesion(folder);
const sample = paths.slice(0, SAMPLE);
const [first, others] = [await assessAll(sample), await assessAll(paths.slice(SAMPLE))];

console.log(
  `| warning | measure | limit | first ${first.length} | other ${others.length} |\n|---|---|---|---|---|`,
);
for (const { code, measure, side, limit } of QUALITY_RULES) {
  const isBroken = ({ measures }: ImageQuality) =>
    side === 'below' ? measures[measure] < limit : measures[measure] > limit;
  console.log(
    `| ${code} | ${measure} | ${side} ${limit} | ${share(first, isBroken)} | ${share(others, isBroken)} |`,
  );
}
const isWarned = ({ findings }: ImageQuality) => findings.length > 0;
console.log(`| any | | | ${share(first, isWarned)} | ${share(others, isWarned)} |\n`);

console.log(
  `| the first ${SAMPLE} | ${QUALITY_KINDS.join(' | ')} |\n|---|${'---|'.repeat(QUALITY_KINDS.length)}`,
);
for (const [name, spoil] of Object.entries(SPOILT)) {
  const found = await assessAll(sample, spoil);
  const shares = QUALITY_KINDS.map((code) =>
    share(found, ({ findings }) => findings.some((finding) => finding.code === code)),
  );
  console.log(`| ${name} | ${shares.join(' | ')} |`);
}

function onePictureOfEachLesion(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.jpg$/i.test(path),
  );
  const pathOf = new Map(files.map((path) => [basename(path, extname(path)), join(root, path)]));
  const { rows } = readTable(join(root, 'HAM10000_metadata.csv'), ['lesion_id', 'image_id']);
  const there = rows.filter(({ cell }) => pathOf.has(cell('image_id')));
  const imageIds = there.map(({ cell }) => cell('image_id'));
  const chosen = firstImages({ lesionIds: there.map(({ cell }) => cell('lesion_id')), imageIds });
  return createRandom(SEED)
    .shuffle(chosen.map((i) => imageIds[i]!).sort())
    .map((imageId) => pathOf.get(imageId)!);
}

async function assessAll(
  files: readonly string[],
  spoil?: (picture: Sharp) => Promise<Sharp>,
): Promise<ImageQuality[]> {
  const all: ImageQuality[] = [];
  for (const file of files) {
    all.push(await assessImage(spoil ? await (await spoil(sharp(file))).png().toBuffer() : file));
  }
  return all;
}

/** As if taken with 2^stops times the light: sRGB to linear light (IEC 61966-2-1), scaled, clipped and back. */
async function exposed(picture: Sharp, stops: number): Promise<Sharp> {
  const coded = Uint8Array.from({ length: 256 }, (_, value) => {
    const v = value / 255;
    const light = Math.min(1, 2 ** stops * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return sharp(
    data.map((value) => coded[value]!),
    { raw: { width, height, channels } },
  );
}

function share(all: readonly ImageQuality[], isCounted: (quality: ImageQuality) => boolean): string {
  return `${((100 * all.filter(isCounted).length) / all.length).toFixed(1)} %`;
}
