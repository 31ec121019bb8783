import { describe, expect, test } from 'vitest';
import { enlarge, heatPixels, isBlank, viridis } from '../../src-main/numerics/heat-map.ts';

/** OpenCV 4: cv2.resize([[0, 1, 0.5], [0.25, 0.75, 0.1]], (7, 5), interpolation=cv2.INTER_LINEAR). */
const MAP = { height: 2, width: 3, values: [0, 1, 0.5, 0.25, 0.75, 0.1] };
const ENLARGED = [
  [0, 0.14286, 0.57143, 1, 0.78571, 0.57143, 0.5],
  [0.025, 0.16071, 0.56786, 0.975, 0.75429, 0.53357, 0.46],
  [0.125, 0.23214, 0.55357, 0.875, 0.62857, 0.38214, 0.3],
  [0.225, 0.30357, 0.53929, 0.775, 0.50286, 0.23071, 0.14],
  [0.25, 0.32143, 0.53571, 0.75, 0.47143, 0.19286, 0.1],
];

/** matplotlib.colormaps['viridis'], entries of 256. */
const VIRIDIS: readonly (readonly [number, readonly number[]])[] = [
  [0, [68, 1, 84]],
  [40, [69, 55, 129]],
  [100, [42, 118, 142]],
  [128, [33, 145, 140]],
  [200, [112, 207, 87]],
  [255, [253, 231, 37]],
];

describe('a heat map', () => {
  test("is enlarged as OpenCV's INTER_LINEAR does it", () => {
    const values = enlarge(MAP, 7, 5);
    ENLARGED.flat().forEach((value, index) => {
      expect(values[index]).toBeCloseTo(value, 4);
    });
  });

  test('has the colours of viridis, to one step of 255', () => {
    for (const [entry, colour] of VIRIDIS) {
      viridis(entry / 255).forEach((channel, index) => {
        expect(Math.abs(channel - colour[index]!)).toBeLessThanOrEqual(1);
      });
    }
    expect(viridis(-1)).toEqual(viridis(0));
    expect(viridis(2)).toEqual(viridis(1));
  });

  test('leaves the picture as it is where nothing speaks for the class', () => {
    const pixels = heatPixels({ height: 1, width: 2, values: [0, 1] }, 2, 1);
    expect([...pixels]).toEqual([...viridis(0), 0, ...viridis(1), 255]);
    expect([isBlank(MAP), isBlank({ height: 1, width: 2, values: [0, 0] })]).toEqual([false, true]);
  });
});
