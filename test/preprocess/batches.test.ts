import { describe, expect, it } from 'vitest';
import type { AugmentationParameters } from '../../src-main/numerics/augmentation.ts';
import { loadBatch } from '../../src-main/preprocess/batches.ts';
import { tf } from '../../src-main/tf.ts';
import { drawnImages } from '../support/drawn-images.ts';

const widthPx = 9;
const heightPx = 6;
const images = drawnImages(4, widthPx, heightPx);
const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
const recipe = (scaling: { mean: readonly number[]; deviation: readonly number[] }) => ({
  widthPx,
  heightPx,
  channels: 'rgb' as const,
  kernel: 'cubic' as const,
  fit: 'fill' as const,
  orientation: 'exif' as const,
  colourSpace: 'srgb' as const,
  mean: scaling.mean as [number, number, number],
  deviation: scaling.deviation as [number, number, number],
});
const still: AugmentationParameters = {
  rotationDegrees: 0,
  zoomX: 1,
  zoomY: 1,
  shiftX: 0,
  shiftY: 0,
  flipHorizontal: false,
  flipVertical: false,
};

/** [row][height][width][channel] of one picture, as loaded. */
function load(
  row: number,
  moved?: Partial<AugmentationParameters>,
  scaling: Parameters<typeof recipe>[0] = plain,
) {
  const batch = loadBatch(images, [row], recipe(scaling), moved && [{ ...still, ...moved }]);
  const values = batch.arraySync()[0]!;
  batch.dispose();
  return values;
}

function expectClose(actual: number[][][], expected: number[][][]) {
  actual.forEach((line, y) => {
    line.forEach((pixel, x) => {
      pixel.forEach((value, channel) => {
        expect(value).toBeCloseTo(expected[y]![x]![channel]!, 2);
      });
    });
  });
}

describe('loadBatch', () => {
  it('gives the bytes of the rows asked for, in order', () => {
    const batch = loadBatch(images, [2, 0], recipe(plain));
    expect(batch.shape).toEqual([2, heightPx, widthPx, 3]);
    const size = widthPx * heightPx * 3;
    expect([...batch.dataSync()]).toEqual([
      ...images.pixels.slice(2 * size, 3 * size),
      ...images.pixels.slice(0, size),
    ]);
    batch.dispose();
  });

  it.each([
    [
      [100, 100, 100],
      [50, 50, 50],
    ],
    [
      [123.675, 116.28, 103.53],
      [58.395, 57.12, 57.375],
    ],
  ])('subtracts the mean %s and divides by the deviation, by channel', (mean, deviation) => {
    const raw = load(1);
    const expected = raw.map((line) =>
      line.map((pixel) => pixel.map((v, c) => (v - mean[c]!) / deviation[c]!)),
    );
    expectClose(load(1, undefined, { mean, deviation }), expected);
  });

  it('leaves a picture that is not moved as it is', () => {
    expectClose(load(0, {}), load(0));
  });

  it('mirrors exactly', () => {
    const raw = load(0);
    expectClose(
      load(0, { flipHorizontal: true }),
      raw.map((line) => line.toReversed()),
    );
    expectClose(load(0, { flipVertical: true }), raw.toReversed());
  });

  it('turns by 180 degrees as both mirrors do', () => {
    expectClose(load(0, { rotationDegrees: 180 }), load(0, { flipHorizontal: true, flipVertical: true }));
  });

  it('repeats the edge where a shift leaves nothing', () => {
    const raw = load(0);
    const shifted = load(0, { shiftX: 3 / widthPx });
    const left = raw.map((line) => line.map((_, x) => line[Math.min(x + 3, widthPx - 1)]!));
    const right = raw.map((line) => line.map((_, x) => line[Math.max(x - 3, 0)]!));
    const movedLeft = Math.abs(shifted[0]![0]![0]! - left[0]![0]![0]!) < 0.01;
    expectClose(shifted, movedLeft ? left : right);
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    load(0, { rotationDegrees: 20, zoomX: 1.2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
