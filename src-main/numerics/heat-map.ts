/**
 * A small map of values as the pixels of a large one. Pure; runs in every process.
 * Values are enlarged before they are coloured (bilinear, as OpenCV's INTER_LINEAR), so that every colour is one of the scale:
 * viridis (Smith and van der Walt 2015), perceptually uniform and told apart with colour-vision deficiency.
 */

/** A map over a whole picture: `values` are row-major, 0..1. */
export interface SmallMap {
  readonly height: number;
  readonly width: number;
  readonly values: readonly number[];
}

/** Every fifth colour of matplotlib's table of 256. */
const VIRIDIS =
  '440154 46085c 471063 481769 481d6f 482475 472a7a 46307e 453781 433d84 414287 3f4889 3d4e8a 3a538b ' +
  '38598c 355e8d 33638d 31688e 2e6d8e 2c718e 2a768e 297b8e 27808e 25848e 23898e 218e8d 20928c 1f978b ' +
  '1e9c89 1fa188 21a585 24aa83 28ae80 2eb37c 35b779 3dbc74 46c06f 50c46a 5ac864 65cb5e 70cf57 7cd250 ' +
  '89d548 95d840 a2da37 b0dd2f bddf26 cae11f d8e219 e5e419 f1e51d fde725';

type Colour = readonly [number, number, number];

const STOPS: readonly Colour[] = VIRIDIS.split(' ').map((hex) => [
  Number.parseInt(hex.slice(0, 2), 16),
  Number.parseInt(hex.slice(2, 4), 16),
  Number.parseInt(hex.slice(4, 6), 16),
]);

/** @param value 0..1; what is beyond is taken as the end @returns red, green, blue, each 0..255 */
export function viridis(value: number): Colour {
  const place = Math.min(1, Math.max(0, value)) * (STOPS.length - 1);
  const below = Math.min(Math.floor(place), STOPS.length - 2);
  const share = place - below;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(STOPS[below]![channel] * (1 - share) + STOPS[below + 1]![channel] * share);
  return [mix(0), mix(1), mix(2)];
}

/** @returns values, row-major [height, width]; a pixel's value stands at its centre, and the border goes on outside */
export function enlarge(map: SmallMap, width: number, height: number): Float32Array {
  const columns = places(map.width, width);
  const rows = places(map.height, height);
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const { low: top, high: bottom, share: down } = rows[y]!;
    for (let x = 0; x < width; x++) {
      const { low: left, high: right, share: across } = columns[x]!;
      const at = (row: number, column: number) => map.values[row * map.width + column]!;
      const upper = at(top, left) * (1 - across) + at(top, right) * across;
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
      out[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}

/** Between which two of `from` values each of `to` lies, and how far from the first. */
function places(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const place = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / to - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(from - 1, low + 1), share: place - low };
  });
}

/** @returns RGBA, [height, width, 4]; the smaller a value, the clearer its pixel, so that a picture below keeps its own colours there */
export function heatPixels(map: SmallMap, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  enlarge(map, width, height).forEach((value, index) => {
    pixels.set([...viridis(value), Math.round(255 * value)], index * 4);
  });
  return pixels;
}

/** Whether anything in the picture speaks for the class. */
export function isBlank({ values }: SmallMap): boolean {
  return values.every((value) => value === 0);
}
