/**
 * Mean and deviation of pixels, from exact counts of the 256 values: no rounding, whatever the number of images and the
 * order in which they come. Pure. The deviation is the population's (n, not n - 1), as numpy's in the published code.
 */
import { AppError } from '../contract/errors.ts';

/** Of the channels red, green, blue; in pixel values 0..255, as a recipe stores them. */
export interface ChannelStatistics {
  readonly mean: [number, number, number];
  readonly deviation: [number, number, number];
}

interface PixelBlock {
  readonly widthPx: number;
  readonly heightPx: number;
  /** [rows, heightPx, widthPx, 3] */
  readonly pixels: Uint8Array;
}

const LEVELS = 256;

/**
 * Figures over the images at `rows` of a block of prepared images.
 * `pooled` (published): one mean and one deviation over all pixels and channels, repeated three times; else each
 * channel's own. Throws `bad-dataset` without an image, or when all values are equal.
 */
export function channelStatistics(
  block: PixelBlock,
  rows: Iterable<number>,
  { pooled }: { pooled: boolean } = { pooled: true },
): ChannelStatistics {
  const counts = countLevels(block, rows);
  const channels = [0, 1, 2].map((channel) => counts.subarray(channel * LEVELS, (channel + 1) * LEVELS));
  const all = Float64Array.from({ length: LEVELS }, (_, level) =>
    channels.reduce((sum, channel) => sum + channel[level]!, 0),
  );
  const [red, green, blue] = channels.map((channel) => moments(pooled ? all : channel));
  return {
    mean: [red!.mean, green!.mean, blue!.mean],
    deviation: [red!.deviation, green!.deviation, blue!.deviation],
  };
}

/** [3 channels][256 levels] */
function countLevels({ widthPx, heightPx, pixels }: PixelBlock, rows: Iterable<number>): Float64Array {
  const counts = new Float64Array(3 * LEVELS);
  const rowBytes = widthPx * heightPx * 3;
  for (const row of rows) {
    const end = (row + 1) * rowBytes;
    for (let i = row * rowBytes; i < end; i += 3) {
      counts[pixels[i]!]! += 1;
      counts[LEVELS + pixels[i + 1]!]! += 1;
      counts[2 * LEVELS + pixels[i + 2]!]! += 1;
    }
  }
  return counts;
}

function moments(counts: Float64Array): { mean: number; deviation: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, level) => sum + count * level, 0) / total;
  const variance = counts.reduce((sum, count, level) => sum + count * (level - mean) ** 2, 0) / total;
  if (!(variance > 0)) {
    const found = total === 0 ? 'no image' : `only the value ${mean}`;
    throw new AppError(
      'bad-dataset',
      `Pixels cannot be standardised: the training part holds ${found}; expected pictures that differ.`,
    );
  }
  return { mean, deviation: Math.sqrt(variance) };
}
