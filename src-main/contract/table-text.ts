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

/** All that ends a line, also where a table has them mixed. */
export const LINE_ENDS = ['\r\n', '\n', '\r'];

export interface TableHead {
  /** The line with the columns' names, as it stands. */
  readonly header: string;
  /** Its number, from 1. */
  readonly line: number;
  readonly delimiter: string;
}

/** A first line such as "sep=;", which Excel writes and follows, says the delimiter; else the header has most of it: comma, semicolon or tab. */
export function headOf(text: string): TableHead {
  const [first = '', second = ''] = text.split(/\r\n|\n|\r/, 2);
  const delimiter = /^"?sep=([,;\t])"?\s*$/i.exec(first)?.[1];
  if (delimiter !== undefined) return { header: second, line: 2, delimiter };
  return { header: first, line: 1, delimiter: delimiterOf(first) };
}

function delimiterOf(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
