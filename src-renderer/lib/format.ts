/** Numbers as the whole window writes them: fractions with three decimals, units in words. Pure. */
import type { Estimate } from '../../src-main/contract/schema/evaluation.ts';

/** What stands where there is no figure. */
export const NO_FIGURE = '–';

const grouped = new Intl.NumberFormat('en-GB');
const dateAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function formatFraction(value: number | null | undefined): string {
  return value === null || value === undefined ? NO_FIGURE : value.toFixed(3);
}

/** "(0.740–0.820)", or nothing where there is no interval. */
export function formatInterval({ low, high }: Pick<Estimate, 'low' | 'high'>): string {
  return low === null || high === null ? '' : `(${low.toFixed(3)}–${high.toFixed(3)})`;
}

export function formatCount(value: number): string {
  return grouped.format(value);
}

/** "1 image", "240 images". */
export function formatCounted(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** "0:09", "12:30", "3:02:05". */
export function formatDuration(ms: number | null): string {
  if (ms === null) return NO_FIGURE;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export function formatMoment(iso: string): string {
  return dateAndTime.format(new Date(iso));
}
