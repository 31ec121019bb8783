/**
 * Measures of a small RGB picture that tell whether it can be a usable close-up of skin: sharpness, exposure, colours, hair.
 * Pure; runs in the worker. What they are compared with stands in image-quality.ts.
 */
import type { PixelSize } from './pixel-size.ts';

/** From the centre of a line to its end, in pixels, for closings: hairs are thinner than the whole line. */
const LINE_RADIUS_PX = 4;
/** How much darker than its surroundings across, but not along itself, a pixel of a hair is. */
const HAIR_CONTRAST = 24;
/** Marks shorter than this are taken for texture. */
const HAIR_LENGTH_PX = 20;
/** Steps along the rows, the columns and both diagonals. */
const DIRECTIONS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [1, -1],
] as const;

/** Luminance as JPEG has it (ITU-R BT.601, full range), 0..255. */
export function luminanceOf(pixels: Uint8Array): Uint8Array {
  const luminance = new Uint8Array(pixels.length / 3);
  for (let i = 0, from = 0; i < luminance.length; i++, from += 3) {
    luminance[i] = Math.round(0.299 * pixels[from]! + 0.587 * pixels[from + 1]! + 0.114 * pixels[from + 2]!);
  }
  return luminance;
}

/** Variance of the Laplacian (Pech-Pacheco et al. 2000): high where there is fine detail, low for a blurred picture. */
export function laplacianVariance(luminance: Uint8Array, { widthPx, heightPx }: PixelSize): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < heightPx - 1; y++) {
    for (let i = y * widthPx + 1; i < (y + 1) * widthPx - 1; i++) {
      const laplacian =
        luminance[i - 1]! +
        luminance[i + 1]! +
        luminance[i - widthPx]! +
        luminance[i + widthPx]! -
        4 * luminance[i]!;
      sum += laplacian;
      squares += laplacian * laplacian;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

export interface ColourMeasures {
  readonly meanLuminance: number;
  /** Share of pixels that are nearly black, no channel above 20. */
  readonly darkShare: number;
  /** Share of pixels with a channel at its upper end, 250 or more: there the picture has lost its colour. */
  readonly clippedShare: number;
  /** Mean Cr of YCbCr less 128: above 0 where red prevails, 0 for grey, below for green and blue. */
  readonly redness: number;
  /** Share of pixels that are reddish, Cr at least 130. */
  readonly reddishShare: number;
  /** Share of clearly green or blue pixels: Cr below 128 and 20 or more from grey in (Cb, Cr). */
  readonly greenBlueShare: number;
  /** Share of pixels without colour: less than 4 from grey in (Cb, Cr). */
  readonly greyShare: number;
}

/** @param pixels row-major RGB, at least one pixel */
export function measureColours(pixels: Uint8Array): ColourMeasures {
  const count = pixels.length / 3;
  let [luminance, redness] = [0, 0];
  let [dark, clipped, reddish, greenBlue, grey] = [0, 0, 0, 0, 0];
  for (let i = 0; i < pixels.length; i += 3) {
    const [red, green, blue] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    const cb = -0.168736 * red - 0.331264 * green + 0.5 * blue;
    const cr = 0.5 * red - 0.418688 * green - 0.081312 * blue;
    const chroma = Math.hypot(cb, cr);
    const brightest = Math.max(red, green, blue);
    luminance += 0.299 * red + 0.587 * green + 0.114 * blue;
    redness += cr;
    if (brightest <= 20) dark++;
    if (brightest >= 250) clipped++;
    if (cr >= 2) reddish++;
    if (cr < 0 && chroma >= 20) greenBlue++;
    if (chroma < 4) grey++;
  }
  return {
    meanLuminance: luminance / count,
    darkShare: dark / count,
    clippedShare: clipped / count,
    redness: redness / count,
    reddishShare: reddish / count,
    greenBlueShare: greenBlue / count,
    greyShare: grey / count,
  };
}

/**
 * Share of pixels on dark thin lines. As DullRazor (Lee et al. 1997) finds hair: a closing along a short line fills a hair that
 * it crosses. One that lies along the hair does not, which tells hairs from dots, so that the mark is the difference between the
 * most and the least that a direction fills. Other thin dark lines, a ruler's marks or writing, are found as well.
 */
export function hairShare(luminance: Uint8Array, size: PixelSize): number {
  const most = new Uint8Array(luminance.length);
  const least = new Uint8Array(luminance.length).fill(255);
  for (const direction of DIRECTIONS) {
    const closed = closedAlong(luminance, size, direction);
    for (let i = 0; i < closed.length; i++) {
      if (closed[i]! > most[i]!) most[i] = closed[i]!;
      if (closed[i]! < least[i]!) least[i] = closed[i]!;
    }
  }
  const isThin = Uint8Array.from(most, (value, i) => Number(value - least[i]! >= HAIR_CONTRAST));
  return pixelsInLongMarks(isThin, size) / luminance.length;
}

/** Grey-scale closing by a line of one direction: the darkest of the brightest neighbours. */
function closedAlong(source: Uint8Array, size: PixelSize, [dx, dy]: readonly [number, number]): Uint8Array {
  const steps = dx !== 0 && dy !== 0 ? Math.round(LINE_RADIUS_PX / Math.SQRT2) : LINE_RADIUS_PX;
  const widened = Uint8Array.from(source);
  for (let step = -steps; step <= steps; step++) {
    overShifted(size, step * dx, step * dy, (to, from) => {
      if (source[from]! > widened[to]!) widened[to] = source[from]!;
    });
  }
  const closed = Uint8Array.from(widened);
  for (let step = -steps; step <= steps; step++) {
    overShifted(size, step * dx, step * dy, (to, from) => {
      if (widened[from]! < closed[to]!) closed[to] = widened[from]!;
    });
  }
  return closed;
}

/** Visits every pixel with the one `dx`, `dy` away from it, where that lies in the picture. */
function overShifted(
  { widthPx, heightPx }: PixelSize,
  dx: number,
  dy: number,
  visit: (to: number, from: number) => void,
): void {
  const shift = dy * widthPx + dx;
  for (let y = Math.max(0, -dy); y < Math.min(heightPx, heightPx - dy); y++) {
    const end = y * widthPx + Math.min(widthPx, widthPx - dx);
    for (let i = y * widthPx + Math.max(0, -dx); i < end; i++) visit(i, i + shift);
  }
}

/** Pixels of the connected marks (8 neighbours) whose box is long enough. Clears `marked`. */
function pixelsInLongMarks(marked: Uint8Array, { widthPx, heightPx }: PixelSize): number {
  let total = 0;
  for (let start = 0; start < marked.length; start++) {
    if (marked[start] === 0) continue;
    const pending = [start];
    marked[start] = 0;
    let count = 0;
    let [left, right, top, bottom] = [widthPx, 0, heightPx, 0];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
      count++;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(heightPx - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(widthPx - 1, x + 1); nx++) {
          const neighbour = ny * widthPx + nx;
          if (marked[neighbour] === 0) continue;
          marked[neighbour] = 0;
          pending.push(neighbour);
        }
      }
    }
    if (Math.hypot(right - left + 1, bottom - top + 1) >= HAIR_LENGTH_PX) total += count;
  }
  return total;
}
