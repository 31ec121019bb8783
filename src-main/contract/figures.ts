/** Figures as every screen, report and table writes them: fractions with three decimals, units in words. Pure; runs in every process. */
import type { Estimate, Interval } from './schema/evaluation.ts';

/** What stands where there is no figure. */
export const NO_FIGURE = '–';

const grouped = new Intl.NumberFormat('en-GB');

export function formatFraction(value: number | null | undefined): string {
  return value === null || value === undefined ? NO_FIGURE : value.toFixed(3);
}

/** "(0.740–0.820)", or nothing where there is no interval. */
export function formatInterval({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return low === null || high === null ? '' : `(${low.toFixed(3)}–${high.toFixed(3)})`;
}

/** A figure with the interval that stands elsewhere in the report, if any. */
export function withInterval(value: number | null, interval: Interval | undefined): Estimate {
  const [low, high] = interval ?? [null, null];
  return { value, low, high };
}

export function formatCount(value: number): string {
  return grouped.format(value);
}

/** "1 image", "240 images". */
export function formatCounted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
