/** Figures, times and tables as text. Pure. */
import type { Estimate } from '../../../contract/schema/evaluation.ts';

/** Undefined figures are a dash, never 0. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '-' : value.toFixed(digits);
}

/** A value of the configuration, as the command line takes it. */
export function setting(value: unknown): string {
  return value === null ? 'none' : String(value);
}

/** `81 %`; undefined is a dash. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '-' : `${Math.round(100 * share)} %`;
}

/** `0.812 [0.790, 0.833]`. */
export function estimate({ value, low, high }: Estimate): string {
  return low === null || high === null ? figure(value) : `${figure(value)} [${figure(low)}, ${figure(high)}]`;
}

export function duration(ms: number | null): string {
  if (ms === null) return '-';
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `2025-03-01 10:00` in local time. */
export function dateTime(iso: string | null): string {
  if (iso === null) return '-';
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Columns as wide as their widest cell; columns of figures to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const isFigure = head.map((_, column) =>
    rows.every((row) => /^(-|[-+]?\d[\d.,:\s%[\]-]*)?$/.test(row[column] ?? '')),
  );
  const format = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isFigure[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)].join('\n');
}

/** `name:  value` lines, values aligned. */
export function properties(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${value}`).join('\n');
}
