/** Numbers as a saved report writes them: those of contract/figures.ts, and times that are the same wherever the report is made. Pure. */
import { formatFraction, formatInterval, NO_FIGURE } from '../../contract/figures.ts';
import type { Estimate } from '../../contract/schema/evaluation.ts';

export {
  formatCount as count,
  formatCounted as counted,
  formatFraction as fraction,
  formatInterval as interval,
  withInterval,
} from '../../contract/figures.ts';

/** "0.780 (0.740–0.820)" */
export function estimate(figure: Estimate): string {
  return [formatFraction(figure.value), formatInterval(figure)].filter(Boolean).join(' ');
}

/** "2026-03-01 10:00 UTC" */
export function moment(iso: string | null): string {
  return iso === null ? NO_FIGURE : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** "9 s", "12 min 30 s", "3 h 02 min" */
export function duration(ms: number | null): string {
  if (ms === null) return NO_FIGURE;
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}
