import { describe, expect, test } from 'vitest';
import { channelStatistics } from '../../src-main/preprocess/normalise.ts';

// Two pictures of 2 x 1 pixels. Figures by hand: numpy's mean and std (population) of the same numbers.
const block = {
  widthPx: 2,
  heightPx: 1,
  pixels: Uint8Array.from([0, 10, 20, 30, 40, 50, 255, 255, 255, 1, 1, 1]),
};

describe('channelStatistics', () => {
  test('published: one mean and one deviation over all pixels and channels', () => {
    const { mean, deviation } = channelStatistics(block, [0]);
    expect(mean).toEqual([25, 25, 25]);
    for (const value of deviation) expect(value).toBeCloseTo(17.07825127659933, 12);
  });

  test('of each channel apart', () => {
    const { mean, deviation } = channelStatistics(block, [0], { pooled: false });
    expect(mean).toEqual([15, 25, 35]);
    expect(deviation).toEqual([15, 15, 15]);
  });

  test('only the rows asked for count, in any order', () => {
    const both = channelStatistics(block, [0, 1]);
    expect(both.mean[0]).toBeCloseTo(76.5, 12);
    expect(channelStatistics(block, [1, 0])).toEqual(both);
  });

  test('stays exact where summing squares would cancel', () => {
    const pixels = new Uint8Array(3_000_000).fill(254);
    pixels[0] = 255;
    const { mean, deviation } = channelStatistics({ widthPx: 1000, heightPx: 1000, pixels }, [0]);
    const share = 1 / 3_000_000;
    expect(mean[0]).toBeCloseTo(254 + share, 10);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(share * (1 - share)), 12);
  });

  test('no image, and pixels all equal, cannot be standardised', () => {
    const flat = { widthPx: 1, heightPx: 1, pixels: Uint8Array.from([7, 7, 7]) };
    expect(() => channelStatistics(flat, [])).toThrow(/holds no image/);
    expect(() => channelStatistics(flat, [0])).toThrow(/only the value 7/);
  });
});
