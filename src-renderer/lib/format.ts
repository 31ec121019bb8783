/** Numbers as the whole window writes them: fractions with three decimals, units in words. Pure. */
import { NO_FIGURE } from '../../src-main/contract/figures.ts';

export {
  formatCount,
  formatCounted,
  formatFraction,
  formatInterval,
  NO_FIGURE,
  withInterval,
} from '../../src-main/contract/figures.ts';

const dateAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

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
