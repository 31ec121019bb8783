/** Saves what is on the screen as a file. Runs in the window. */
import { toCsv } from './csv.ts';

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export function downloadCsv(name: string, rows: Parameters<typeof toCsv>[0]): void {
  download(`${name}.csv`, new Blob([toCsv(rows)], { type: 'text/csv' }));
}
