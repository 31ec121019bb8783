/**
 * Bicubic resampling of an RGB picture as Pillow's `Image.resize(size, BICUBIC)` does it (Keys 1981 with a = -0.5,
 * kernel support stretched when reducing, weights renormalised at the edges, each pass rounded to 8 bits; the pass that
 * reduces comes first, else the horizontal one). Pure; runs in the worker. Used where at least one side is enlarged;
 * equal, value for value, to Pillow 13.
 */
import type { PixelSize } from './pixel-size.ts';

const CHANNELS = 3;
/** Pillow's fixed-point precision of the weights: 32 bits less 8 of the result less 2 of head-room. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** `pixels` is row-major RGB of size `from`; returns row-major RGB of size `to`, which enlarges at least one side. */
export function enlargeBicubic(pixels: Uint8Array, from: PixelSize, to: PixelSize): Uint8Array {
  if (to.heightPx < from.heightPx) {
    const low = resampleColumns(pixels, from.widthPx, from.heightPx, to.heightPx);
    return resampleRows(low, from.widthPx, to.heightPx, to.widthPx);
  }
  const wide = resampleRows(pixels, from.widthPx, from.heightPx, to.widthPx);
  return resampleColumns(wide, to.widthPx, from.heightPx, to.heightPx);
}

interface Taps {
  /** First source position of each output position. */
  readonly starts: Int32Array;
  /** How many source positions of each output position. */
  readonly counts: Int32Array;
  /** Weights, `support` a row, scaled by 2^PRECISION_BITS. */
  readonly weights: Int32Array;
  readonly support: number;
}

function resampleRows(pixels: Uint8Array, width: number, height: number, newWidth: number): Uint8Array {
  const { starts, counts, weights, support } = tapsFor(width, newWidth);
  const out = new Uint8Array(newWidth * height * CHANNELS);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      const end = x * support + counts[x]!;
      let from = (y * width + starts[x]!) * CHANNELS;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let k = x * support; k < end; k++, from += CHANNELS) {
        const weight = weights[k]!;
        red = (red + pixels[from]! * weight) | 0;
        green = (green + pixels[from + 1]! * weight) | 0;
        blue = (blue + pixels[from + 2]! * weight) | 0;
      }
      out[to++] = toByte(red);
      out[to++] = toByte(green);
      out[to++] = toByte(blue);
    }
  }
  return out;
}

function resampleColumns(pixels: Uint8Array, width: number, height: number, newHeight: number): Uint8Array {
  const { starts, counts, weights, support } = tapsFor(height, newHeight);
  const stride = width * CHANNELS;
  const out = new Uint8Array(newHeight * stride);
  for (let y = 0; y < newHeight; y++) {
    const end = y * support + counts[y]!;
    const first = starts[y]! * stride;
    for (let i = 0; i < stride; i++) {
      let sum = HALF;
      let from = first + i;
      for (let k = y * support; k < end; k++, from += stride) sum = (sum + pixels[from]! * weights[k]!) | 0;
      out[y * stride + i] = toByte(sum);
    }
  }
  return out;
}

function toByte(fixedPoint: number): number {
  return Math.min(255, Math.max(0, fixedPoint >> PRECISION_BITS));
}

function tapsFor(size: number, newSize: number): Taps {
  const scale = size / newSize;
  const stretch = Math.max(1, scale);
  const radius = 2 * stretch;
  const support = Math.ceil(radius) * 2 + 1;
  const starts = new Int32Array(newSize);
  const counts = new Int32Array(newSize);
  const weights = new Int32Array(newSize * support);
  for (let i = 0; i < newSize; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - radius + 0.5));
    const end = Math.min(size, Math.floor(centre + radius + 0.5));
    const raw = Array.from({ length: end - start }, (_, k) => cubic((start + k - centre + 0.5) / stretch));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    starts[i] = start;
    counts[i] = end - start;
    for (const [k, weight] of raw.entries()) {
      weights[i * support + k] = Math.round((weight / total) * 2 ** PRECISION_BITS);
    }
  }
  return { starts, counts, weights, support };
}

/** Keys's cubic convolution kernel, a = -0.5. */
function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
