/** How cost grows, as text: a row a cost, a column a size, and how far the row is from a straight line. Pure. */
import { markdownTable, runLine, textColumns } from './page.ts';

export const FACTORS = [1, 2, 4, 8] as const;

export interface GrowthRow {
  readonly name: string;
  /** What 1x is, such as "512 images". */
  readonly base: string;
  readonly unit: 's' | 'ms' | 'MB';
  /** At 1, 2, 4 and 8 times the base. */
  readonly values: readonly number[];
  /** Why the line is not straight, where it is known not to be. */
  readonly note: string | null;
}

/** Beyond this share of the largest value a row is called curved. */
const STRAIGHT = 0.05;

/**
 * The largest distance from the straight line that fits best (least squares), as a share of the largest value: 0 is a perfect line.
 * @throws RangeError for fewer than two values, or another number of values than of sizes
 */
export function bend(sizes: readonly number[], values: readonly number[]): number {
  if (sizes.length < 2 || sizes.length !== values.length) {
    throw new RangeError(
      `A line needs two sizes and a value for each; received ${sizes.length} and ${values.length}.`,
    );
  }
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [size, value] = [mean(sizes), mean(values)];
  const spread = sizes.reduce((sum, x) => sum + (x - size) ** 2, 0);
  const slope = sizes.reduce((sum, x, index) => sum + (x - size) * (values[index]! - value), 0) / spread;
  const distances = sizes.map((x, index) => Math.abs(values[index]! - (value + slope * (x - size))));
  return Math.max(...distances) / Math.max(...values);
}

const HEADER = [
  'cost',
  '1x is',
  ...FACTORS.map((factor) => `${factor}x`),
  'unit',
  '8x / 1x',
  'off a line',
  'note',
];

function cells({ name, base, unit, values, note }: GrowthRow): string[] {
  const figures = values.map((value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0));
  const off = bend(FACTORS, values);
  const verdict = off <= STRAIGHT ? 'straight' : 'curved';
  const percent = `${(100 * off).toFixed(0)} %`;
  return [
    name,
    base,
    ...figures,
    unit,
    (values.at(-1)! / values[0]!).toFixed(1),
    `${percent}, ${verdict}`,
    note ?? '',
  ];
}

/** For a terminal. */
export function growthText(rows: readonly GrowthRow[]): string {
  return textColumns([HEADER, ...rows.map(cells)]);
}

/** A section of the page. @param parameters what followed `npm run bench --` */
export function growthSection(
  rows: readonly GrowthRow[],
  facts: readonly string[],
  date: string,
  parameters: readonly string[],
): string {
  return [
    runLine(date, parameters),
    facts.map((fact) => `- ${fact}`).join('\n'),
    markdownTable(HEADER, rows.map(cells)),
  ].join('\n\n');
}
