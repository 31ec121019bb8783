/** From pairs of measurements to rows of the table. Pure. */

export interface Row {
  readonly name: string;
  /** Median over the pairs of ours / peer. */
  readonly ratio: number;
  /** Lowest and highest ratio of a pair. */
  readonly spread: readonly [number, number];
  /** What is wanted, such as ">= 3"; null where nobody has said. */
  readonly target: string | null;
  /** Unit of `ours` and `peer`, which are medians and mean nothing beside another run's. */
  readonly unit: 'images/s' | 'ms' | 'MB';
  readonly ours: number;
  readonly peer: number;
  readonly pairs: number;
}

/** Two measurements that were made one after the other. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('The median of no values.');
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Pairs of values in `unit` to a row whose ratio is ours / peer. */
export function rowOf(label: Pick<Row, 'name' | 'target' | 'unit'>, pairs: readonly Pair[]): Row {
  const ratios = pairs.map(({ ours, peer }) => ours / peer);
  return {
    ...label,
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ours: median(pairs.map(({ ours }) => ours)),
    peer: median(pairs.map(({ peer }) => peer)),
    pairs: pairs.length,
  };
}

/** Seconds that both sides took for `images` images, as images a second: a ratio of 2 is twice as fast. */
export function speedRow(label: Pick<Row, 'name' | 'target'>, images: number, seconds: readonly Pair[]): Row {
  const rate = ({ ours, peer }: Pair) => ({ ours: images / ours, peer: images / peer });
  return rowOf({ ...label, unit: 'images/s' }, seconds.map(rate));
}

/** The same ratio (of images a second), with milliseconds an image as the detail. */
export function latencyRow(
  label: Pick<Row, 'name' | 'target'>,
  images: number,
  seconds: readonly Pair[],
): Row {
  const milliseconds = (value: number) => (value / images) * 1000;
  return {
    ...speedRow(label, images, seconds),
    unit: 'ms',
    ours: milliseconds(median(seconds.map(({ ours }) => ours))),
    peer: milliseconds(median(seconds.map(({ peer }) => peer))),
  };
}
