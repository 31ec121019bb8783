/** Pictures that are no close-up of skin, and close-ups spoilt, drawn for the tests of the gate before classifying. */
import sharp from 'sharp';
import { createRandom } from '../../src-main/numerics/random.ts';
import { drawnPixels } from '../dataset/pictures.ts';

const WIDTH = 600;
const HEIGHT = 450;

type Colour = readonly [number, number, number];

/** From fair to dark. */
export const SKIN_COLOURS: Readonly<Record<string, Colour>> = {
  fair: [225, 180, 162],
  medium: [190, 140, 115],
  brown: [140, 95, 72],
  dark: [85, 58, 45],
};

async function painted(colourAt: (x: number, y: number) => Colour): Promise<Buffer> {
  const rgb = new Uint8ClampedArray(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) rgb.set(colourAt(i % WIDTH, Math.floor(i / WIDTH)), i * 3);
  return await encoded(new Uint8Array(rgb.buffer));
}

async function encoded(rgb: Uint8Array): Promise<Buffer> {
  return await sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** A drawn lesion of HAM10000's own size. */
export async function drawnCloseUp(seed: number, code: string): Promise<Buffer> {
  return await encoded(drawnPixels(seed, WIDTH, HEIGHT, code));
}

/** Sky, wooded hills and a meadow. */
export async function landscape(): Promise<Buffer> {
  const random = createRandom(1);
  return await painted((x, y) => {
    const grain = random.uniform(-12, 12);
    if (y < 180 + 30 * Math.sin(x / 70)) return [120 + y / 4, 170 + y / 6, 235];
    if (y < 280 + 15 * Math.sin(x / 30)) return [50 + grain, 85 + grain, 50 + grain];
    return [110 + grain, 150 + grain, 60 + grain];
  });
}

/** A face looking out of the picture: the gate takes it, since it has the colours of skin. */
export async function face(skin: Colour): Promise<Buffer> {
  const eye = (x: number) =>
    `<ellipse cx="${x}" cy="195" rx="24" ry="11" fill="#fff"/><circle cx="${x}" cy="195" r="9" fill="#422"/>`;
  return await fromSvg(
    '<rect width="100%" height="100%" fill="#c9bdb2"/><path d="M150 450 Q170 330 300 330 T450 450" fill="#556"/>' +
      `<ellipse cx="300" cy="215" rx="135" ry="175" fill="${rgb(skin)}"/>` +
      `<path d="M165 190 Q160 40 300 35 T435 190 Q420 100 300 95 T165 190" fill="#3a2a20"/>${eye(250)}${eye(350)}` +
      `<path d="M300 210 l-14 55 h26" stroke="${rgb(skin, 0.8)}" fill="none" stroke-width="5"/>` +
      '<path d="M255 315 Q300 340 345 315" stroke="#a0504a" stroke-width="10" fill="none"/>',
  );
}

/** Eyes, nose and mouth fill the picture. */
export async function faceCloseUp(skin: Colour): Promise<Buffer> {
  const eye = (x: number) =>
    `<ellipse cx="${x}" cy="160" rx="70" ry="30" fill="#fff"/><circle cx="${x}" cy="160" r="27" fill="#4a3020"/>` +
    `<path d="M${x - 75} 105 q75 -35 150 0" stroke="#3a2a20" stroke-width="14" fill="none"/>`;
  return await fromSvg(
    `<rect width="100%" height="100%" fill="${rgb(skin)}"/>${eye(170)}${eye(430)}` +
      `<path d="M300 190 Q270 290 300 300 T335 290" stroke="${rgb(skin, 0.8)}" stroke-width="8" fill="none"/>` +
      '<path d="M200 380 Q300 340 400 380 Q300 440 200 380" fill="#a8504c"/>',
  );
}

/** Boards of light wood with their grain. */
export async function wood(): Promise<Buffer> {
  const random = createRandom(5);
  return await painted((x, y) => {
    const ring = Math.sin((x + 30 * Math.sin(y / 60)) / 7) / 2 + 0.5;
    const grain = random.uniform(-5, 5);
    return [150 + 50 * ring + grain, 100 + 40 * ring + grain, 60 + 25 * ring];
  });
}

/** Red bricks and mortar. */
export async function brickWall(): Promise<Buffer> {
  const random = createRandom(6);
  return await painted((x, y) => {
    const along = x + (Math.floor(y / 45) % 2) * 50;
    const grain = random.uniform(-12, 12);
    if (y % 45 < 6 || along % 100 < 6) return [200 + grain, 190 + grain, 178 + grain];
    return [165 + grain, 82 + grain, 62 + grain];
  });
}

/** White paper with lines of black words. */
export async function printedPage(): Promise<Buffer> {
  const random = createRandom(2);
  const words = Array.from({ length: 18 }, (_, line) =>
    Array.from({ length: 9 }, (_, word) => ({
      x: 40 + word * 58,
      y: 40 + line * 22,
      letters: 3 + random.integer(5),
    })),
  ).flat();
  const strokes = words.flatMap(({ x, y, letters }) =>
    Array.from(
      { length: letters },
      (_, i) =>
        `<path d="M${x + i * 7} ${y} v-10 l4 ${random.integer(10)} v${random.integer(6)}" stroke="#111" fill="none" stroke-width="1.5"/>`,
    ),
  );
  return await fromSvg(`<rect width="100%" height="100%" fill="#f6f6f6"/>${strokes.join('')}`);
}

/** A pencil drawing of a lesion, shaded, on white. */
export async function pencilDrawing(): Promise<Buffer> {
  return await fromSvg(
    '<rect width="100%" height="100%" fill="#fdfdfd"/>' +
      '<circle cx="300" cy="225" r="120" fill="#9a9a9a" stroke="#222" stroke-width="3"/>' +
      '<circle cx="280" cy="210" r="60" fill="#5a5a5a"/>' +
      '<path d="M60 400 Q200 300 380 420 T560 380" stroke="#444" fill="none" stroke-width="2"/>',
  );
}

/** Every pixel's colour by chance, each square of `blockPx` pixels alike. */
export async function noise(blockPx: number): Promise<Buffer> {
  const random = createRandom(3);
  const columns = Math.ceil(WIDTH / blockPx);
  const colours = Array.from(
    { length: columns * Math.ceil(HEIGHT / blockPx) },
    (): Colour => [random.integer(256), random.integer(256), random.integer(256)],
  );
  return await painted((x, y) => colours[Math.floor(y / blockPx) * columns + Math.floor(x / blockPx)]!);
}

/** Noise about the mean colour of a close-up: here only the detail tells. */
export async function tintedNoise(): Promise<Buffer> {
  const random = createRandom(3);
  const values = Array.from({ length: 200 * 150 }, () => random.uniform(-110, 110));
  return await painted((x, y) => {
    const value = values[Math.floor(y / 3) * 200 + Math.floor(x / 3)]!;
    return [190 + value, 140 + value, 125 + value];
  });
}

/** A close-up with `count` dark hairs of 4 pixels across it. */
export async function hairyCloseUp(count: number): Promise<Buffer> {
  const random = createRandom(4);
  const at = (range: number) => Math.round(random.uniform(0, range));
  const hairs = Array.from(
    { length: count },
    () =>
      `<path d="M${at(WIDTH)} 0 Q${at(WIDTH)} ${at(HEIGHT)} ${at(WIDTH)} ${HEIGHT}" stroke="#2b1a14" fill="none" stroke-width="4"/>`,
  );
  return await sharp(await drawnCloseUp(5, 'nv'))
    .composite([{ input: Buffer.from(svg(hairs.join(''))) }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

function rgb(colour: Colour, light = 1): string {
  return `rgb(${colour.map((value) => Math.round(value * light)).join()})`;
}

async function fromSvg(content: string): Promise<Buffer> {
  return await sharp(Buffer.from(svg(content)))
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 92 })
    .toBuffer();
}

function svg(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${content}</svg>`;
}
