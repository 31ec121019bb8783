/** The text of tables as people and spreadsheets save them. Pure. */

/**
 * UTF-8 or UTF-16, with or without its mark, which is left out; what is neither counts as Windows-1252.
 * @param isBeginning whether more follows, so that the last character may be cut
 */
export function decodeTable(bytes: Uint8Array, isBeginning = false): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isBeginning });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** What a table's first line has most of: comma, semicolon or tab. */
export function delimiterOf(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
