/** Rows as comma-separated values. Pure. */

/** RFC 4180. @param rows with the same keys each, which become the header */
export function toCsv(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const header = Object.keys(rows[0] ?? {});
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [header, ...rows.map((row) => header.map((key) => row[key]))]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('');
}
