import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classSeries, SERIES, SERIES_LENGTH, seriesTokens } from '../../src-main/contract/class-series.ts';

const coloursOf = (codes: readonly string[]) => {
  const classes = codes.map((code) => ({ code }));
  return classes.map((_, index) => classSeries(classes, index));
};
const own = (count: number) => Array.from({ length: count }, (_, index) => `own-${index}`);
const HAM10000 = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];

describe('the colours of classes', () => {
  test('of HAM10000 are the same whatever is beside them', () => {
    const [mel, nv] = coloursOf(['mel', 'nv']);
    expect(coloursOf(['other', 'nv', 'mel'])).toEqual([3, nv, mel]);
  });

  test('of others are all different, also beside those of HAM10000, in their order', () => {
    expect(coloursOf(own(3))).toEqual([1, 2, 3]);
    expect(new Set(coloursOf(own(SERIES_LENGTH))).size).toBe(SERIES_LENGTH);
    const mixed = coloursOf([...HAM10000.slice(0, 3), 'scc', ...HAM10000.slice(3), 'lentigo']);
    expect(new Set(mixed).size).toBe(9);
    expect(mixed[3]).toBe(8);
  });

  test('begin again where none is left', () => {
    expect(coloursOf(own(SERIES_LENGTH + 1)).at(-1)).toBe(1);
    expect(coloursOf([...HAM10000, ...own(5)]).slice(7)).toEqual([8, 9, 10, 11, 8]);
  });
});

const linear = (hex: string) =>
  [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];

function contrast(first: string, second: string): number {
  const [dark = 0, light = 0] = [first, second]
    .map((hex) => linear(hex))
    .map(([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** In OKLab (Ottosson 2020), of which a hundredth is about what can be told apart. */
function distance(first: string, second: string): number {
  const [a, b] = [first, second].map((hex) => {
    const [red, green, blue] = linear(hex);
    const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  });
  return Math.hypot(...a!.map((value, index) => value - b![index]!));
}

const tokens = readFileSync(
  join(import.meta.dirname, '..', '..', 'src-renderer', 'styles', 'tokens.css'),
  'utf8',
);

test('the window has the colours that reports have', () => {
  const inWindow = [...tokens.matchAll(/--series-\d+: light-dark\(.*\)/g)].map(([token]) => token);
  expect(inWindow.join(';').replaceAll(' ', '')).toBe(seriesTokens('both'));
});

test.each([
  ['light', 0],
  ['dark', 1],
] as const)('colours of other classes stand out from the %s ground, and all from each other', (_, ground) => {
  const surfaces = ['surface', 'raised', 'sunken'].map(
    (name) => tokens.match(new RegExp(`--${name}: light-dark\\((.*), (.*)\\)`))![ground + 1]!,
  );
  const colours = SERIES.map((pair) => pair[ground]);
  for (const colour of colours.slice(7)) {
    for (const surface of surfaces) expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
  }
  const pairs = colours.flatMap((first, index) =>
    colours.slice(0, index).map((second) => distance(first, second)),
  );
  expect(Math.min(...pairs)).toBeGreaterThan(0.1);
});
