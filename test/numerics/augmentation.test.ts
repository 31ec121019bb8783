import { describe, expect, test } from 'vitest';
import { drawAugmentation, projectiveTransform } from '../../src-main/numerics/augmentation.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import golden from '../golden/numerics/augmentation.json' with { type: 'json' };
import { expectClose } from './close.ts';

const PUBLISHED = {
  rotationDegrees: 10,
  zoomFraction: 0.1,
  shiftFraction: 0.12,
  flipHorizontal: true,
  flipVertical: true,
};

describe('coordinate map', () => {
  test.each(golden.cases)(
    'shows the input points that Keras shows: $parameters',
    ({ parameters, points }) => {
      const [a0, a1, a2, b0, b1, b2] = projectiveTransform(parameters, golden.sizePx, golden.sizePx);
      expect(points.length).toBeGreaterThan(3);
      for (const [x, y, inputX, inputY] of points as [number, number, number, number][]) {
        expectClose([a0 * x + a1 * y + a2, b0 * x + b1 * y + b2], [inputX, inputY], 9);
      }
    },
  );

  test('turns, shifts and zooms an oblong image about its own centre', () => {
    const parameters = {
      rotationDegrees: 25,
      shiftX: 0.1,
      shiftY: -0.07,
      zoomX: 1.2,
      zoomY: 0.8,
      flipHorizontal: false,
      flipVertical: false,
    };
    const map = projectiveTransform(parameters, 125, 100);
    expectClose(map.slice(0, 6), golden.oblong);
    expect(map.slice(6)).toEqual([0, 0]);
  });
});

describe('draws', () => {
  const draws = Array.from(
    { length: 4000 },
    (
      (random) => () =>
        drawAugmentation(random, PUBLISHED)
    )(createRandom(1)),
  );

  test.each([
    ['rotationDegrees', -10, 10],
    ['zoomX', 0.9, 1.1],
    ['zoomY', 0.9, 1.1],
    ['shiftX', -0.12, 0.12],
    ['shiftY', -0.12, 0.12],
  ] as const)('%s is uniform in [%d, %d]', (name, low, high) => {
    const values = draws.map((draw) => (draw[name] - low) / (high - low));
    for (const quarter of [0, 1, 2, 3]) {
      const share = values.filter((value) => Math.floor(value * 4) === quarter).length / values.length;
      expect(share).toBeGreaterThan(0.22);
      expect(share).toBeLessThan(0.28);
    }
  });

  test('flips come up half the time, independently', () => {
    const both = draws.filter((draw) => draw.flipHorizontal && draw.flipVertical).length;
    const horizontal = draws.filter((draw) => draw.flipHorizontal).length;
    expect(horizontal / 4000).toBeCloseTo(0.5, 1);
    expect(Math.abs(both / 4000 - 0.25)).toBeLessThan(0.03);
  });

  test('all off leaves the image as it is', () => {
    const off = {
      ...PUBLISHED,
      rotationDegrees: 0,
      zoomFraction: 0,
      shiftFraction: 0,
      flipHorizontal: false,
      flipVertical: false,
    };
    const draw = drawAugmentation(createRandom(3), off);
    expectClose(projectiveTransform(draw, 125, 100), [1, 0, 0, 0, 1, 0, 0, 0]);
  });

  test('switching one off leaves the other draws of the seed', () => {
    const full = drawAugmentation(createRandom(5), PUBLISHED);
    const unflipped = drawAugmentation(createRandom(5), {
      ...PUBLISHED,
      rotationDegrees: 0,
      flipHorizontal: false,
    });
    expect(unflipped).toEqual({ ...full, rotationDegrees: 0, flipHorizontal: false });
  });
});
