/**
 * One dermoscopic-looking picture of an invented lesion. Pure; pixel by pixel, without a graphics library. Several views of
 * one lesion differ as a clinic's do: turn, distance, light, noise.
 */
import type { Random } from '../../numerics/random.ts';
import type { Lesion, Mark } from './lesion.ts';
import type { Colour } from './lesion-styles.ts';
import { cellWalls, cloudNoise, smoothNoise } from './noise.ts';

/** How far noise moves the border, in lesion radii. */
const RAGGEDNESS = 0.14;

export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One picture of a lesion: row-major RGB, heightPx * widthPx * 3 values. */
export function drawView(lesion: Lesion, { widthPx, heightPx }: PictureSize, random: Random): Uint8Array {
  const view = createView(lesion, { widthPx, heightPx }, random);
  const canvas = new Float32Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++)
      canvas.set(colourAt(lesion, view, x + 0.5, y + 0.5), (y * widthPx + x) * 3);
  }
  for (const mark of [...lesion.marks, ...lesion.hairs]) paintMark(canvas, { widthPx, heightPx }, view, mark);
  return develop(canvas, { widthPx, heightPx }, random);
}

/** Pixels ↔ lesion coordinates: the lesion's radius is 1, its centre 0. */
interface View {
  readonly centreX: number;
  readonly centreY: number;
  readonly pixelsPerRadius: number;
  readonly cosine: number;
  readonly sine: number;
}

function createView(lesion: Lesion, { widthPx, heightPx }: PictureSize, random: Random): View {
  const angle = random.uniform(0, 2 * Math.PI);
  return {
    centreX: widthPx * random.uniform(0.42, 0.58),
    centreY: heightPx * random.uniform(0.42, 0.58),
    pixelsPerRadius: heightPx * lesion.radius * random.uniform(0.85, 1.2),
    cosine: Math.cos(angle),
    sine: Math.sin(angle),
  };
}

function colourAt(lesion: Lesion, view: View, xPx: number, yPx: number): Colour {
  const dx = (xPx - view.centreX) / view.pixelsPerRadius;
  const dy = (yPx - view.centreY) / view.pixelsPerRadius;
  const x = dx * view.cosine + dy * view.sine;
  const y = dy * view.cosine - dx * view.sine;
  const { noiseSeed, style } = lesion;
  const pores = cloudNoise(7 * x, 7 * y, noiseSeed + 10) - 0.5;
  const flush = smoothNoise(1.2 * x, 1.2 * y, noiseSeed + 20) - 0.5;
  const [red, green, blue] = lesion.skin;
  const skin: Colour = [
    red + 14 * pores + 10 * flush,
    green + 18 * pores - 16 * flush,
    blue + 18 * pores - 12 * flush,
  ];

  const distance = distanceToCentre(lesion, x, y);
  const coverage = 1 - smoothStep(1 - lesion.softness, 1 + lesion.softness, distance);
  if (coverage === 0) return skin;
  let inside = paletteAt(lesion, distance, cloudNoise(1.8 * x, 1.8 * y, noiseSeed + 30));
  if (style.network) {
    const walls = cellWalls(x * lesion.networkCells, y * lesion.networkCells, noiseSeed + 40);
    const patchy = smoothStep(0.25, 0.65, smoothNoise(1.5 * x, 1.5 * y, noiseSeed + 50));
    inside = mix(inside, style.network.colour, walls * patchy * lesion.networkOpacity);
  }
  return mix(skin, inside, coverage * style.opacity);
}

/** 1 on the border; infinite where it is out of reach of the lesion's colour. */
function distanceToCentre(lesion: Lesion, x: number, y: number): number {
  const { elongation, waves, noiseSeed, softness } = lesion;
  const length = Math.sqrt(x * x * elongation + (y * y) / elongation);
  const farthest = waves.reduce((sum, { amplitude }) => sum + amplitude, 1);
  if (length > farthest * (1 + softness + RAGGEDNESS / 2)) return Number.POSITIVE_INFINITY;
  const angle = Math.atan2(y, x);
  let border = 1;
  for (const { amplitude, frequency, phase } of waves)
    border += amplitude * Math.cos(frequency * angle + phase);
  const ragged = RAGGEDNESS * (smoothNoise(5 * x, 5 * y, noiseSeed + 60) - 0.5);
  return length / Math.max(0.3, border) + ragged;
}

function paletteAt({ palette, style }: Lesion, distance: number, noise: number): Colour {
  const contrasted = smoothStep(0.22, 0.78, noise);
  const position = (1 - style.blotches) * Math.min(1, distance) + style.blotches * contrasted;
  const scaled = Math.min(0.999, Math.max(0, position)) * (palette.length - 1);
  const index = Math.floor(scaled);
  return mix(palette[index]!, palette[index + 1]!, scaled - index);
}

function paintMark(canvas: Float32Array, { widthPx, heightPx }: PictureSize, view: View, mark: Mark): void {
  const x = view.centreX + view.pixelsPerRadius * (mark.x * view.cosine - mark.y * view.sine);
  const y = view.centreY + view.pixelsPerRadius * (mark.x * view.sine + mark.y * view.cosine);
  const radius = Math.max(0.45, mark.radius * view.pixelsPerRadius);
  const soft = Math.max(0.8, radius * mark.softness);
  const reach = radius + soft;
  for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(heightPx, y + reach); row++) {
    for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(widthPx, x + reach); column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const coverage = mark.opacity * (1 - smoothStep(radius - soft, radius + soft, distance));
      const at = (row * widthPx + column) * 3;
      for (let c = 0; c < 3; c++) canvas[at + c]! += (mark.colour[c]! - canvas[at + c]!) * coverage;
    }
  }
}

/** Light falling off to one side and to the corners, white balance and sensor noise; rounds to bytes. */
function develop(canvas: Float32Array, { widthPx, heightPx }: PictureSize, random: Random): Uint8Array {
  const exposure = random.uniform(0.92, 1.08);
  const balance = [random.uniform(0.97, 1.03), 1, random.uniform(0.95, 1.05)];
  const slopeX = random.uniform(-0.08, 0.08);
  const slopeY = random.uniform(-0.08, 0.08);
  const vignette = random.uniform(0.05, 0.3);
  const grain = random.uniform(2, 5);
  const out = new Uint8Array(canvas.length);
  for (let y = 0; y < heightPx; y++) {
    const v = y / heightPx - 0.5;
    for (let x = 0; x < widthPx; x++) {
      const u = x / widthPx - 0.5;
      const light = exposure * (1 + slopeX * u + slopeY * v - vignette * (u * u + v * v));
      for (let c = 0, i = (y * widthPx + x) * 3; c < 3; c++, i++) {
        const noise = grain * (random.float() + random.float() - 1);
        out[i] = Math.min(255, Math.max(0, Math.round(canvas[i]! * light * balance[c]! + noise)));
      }
    }
  }
  return out;
}

function mix(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

function smoothStep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
