/** Numbers as a saved report writes them: fractions with three decimals, a dash where there is no figure. Pure. */
import type { Estimate } from '../../contract/schema/evaluation.ts';

const grouped = new Intl.NumberFormat('en-GB');

export function fraction(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(3);
}

/** "0.780 (0.740–0.820)" */
export function estimate({ value, low, high }: Estimate): string {
  return low === null || high === null
    ? fraction(value)
    : `${fraction(value)} (${fraction(low)}–${fraction(high)})`;
}

export function count(value: number): string {
  return grouped.format(value);
}

/** "1 image", "240 images" */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** "2026-03-01 10:00 UTC": the same wherever the report is made. */
export function moment(iso: string | null): string {
  return iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** "9 s", "12 min 30 s", "3 h 02 min" */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}
