/** The eight views of a picture are that picture, mirrored and turned, pixel for pixel where its frame allows. */
import { describe, expect, it } from 'vitest';
import { viewsOf } from '../../src-main/preprocess/views.ts';
import { exampleMetadata } from '../support/model-metadata.ts';

const recipe = {
  ...exampleMetadata().recipe,
  mean: [0, 0, 0] as [number, number, number],
  deviation: [1, 1, 1] as [number, number, number],
};

/** [view][y][x] of the red channel; the picture counts its pixels. */
function redOf(widthPx: number, heightPx: number): number[][][] {
  const pixels = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, index) => Math.floor(index / 3));
  const views = viewsOf(pixels, { ...recipe, widthPx, heightPx });
  const rows = views.arraySync();
  views.dispose();
  return rows.map((view) => view.map((row) => row.map(([red]) => Math.round(red!))));
}

describe('views', () => {
  it('of a square picture are all eight of the square, the picture itself first', () => {
    const views = redOf(3, 3).map((view) => view.map((row) => row.join(' ')).join('/'));
    expect(views[0]).toBe('0 1 2/3 4 5/6 7 8');
    expect(new Set(views).size).toBe(8);
    expect(views[4]).toBe('2 1 0/5 4 3/8 7 6');
    expect(views.toSorted()).toEqual(
      [
        '0 1 2/3 4 5/6 7 8',
        '6 3 0/7 4 1/8 5 2',
        '8 7 6/5 4 3/2 1 0',
        '2 5 8/1 4 7/0 3 6',
        '2 1 0/5 4 3/8 7 6',
        '0 3 6/1 4 7/2 5 8',
        '6 7 8/3 4 5/0 1 2',
        '8 5 2/7 4 1/6 3 0',
      ].toSorted(),
    );
  });

  it('of a wide picture keep its frame: half turns and mirrors are exact, a quarter turn repeats the edge', () => {
    const views = redOf(4, 2);
    expect(views[0]).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(views[2]).toEqual([
      [7, 6, 5, 4],
      [3, 2, 1, 0],
    ]);
    for (const view of [views[1]!, views[3]!]) {
      expect(view.every((row) => row[0] === row[1] && row[2] === row[3])).toBe(true);
    }
  });
});
