/**
 * Reads the tables that come with a dataset: comma, semicolon or tab separated, with or without BOM (UTF-8, UTF-16 or, where it
 * is neither, Windows-1252), any line ends, quoted fields. Runs in the worker.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../contract/errors.ts';
import { decodeTable, headOf, LINE_ENDS, type TableHead } from '../contract/table-text.ts';

export interface TableRow {
  /** Line of the file, from 1. */
  readonly line: number;
  /** The trimmed cell of a column, '' where the row or the table has none. */
  readonly cell: (column: string) => string;
}

export interface Table {
  readonly path: string;
  /** Lower-case names of the header. */
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

const HEADER_BYTES = 1 << 16;

/** Only the header, whatever the size of the file: lower-case column names. */
export function readColumns(path: string): string[] {
  const buffer = Buffer.alloc(HEADER_BYTES);
  const length = attempt(path, () => {
    const file = openSync(path, 'r');
    try {
      return readSync(file, buffer, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(file);
    }
  });
  return splitHeader(headOf(decodeTable(buffer.subarray(0, length), true)));
}

/**
 * The whole table. Throws `bad-dataset`, naming file and line, for text that is no table, and naming the columns
 * when some of `required` (lower case) are missing; `not-found` for a missing file.
 */
export function readTable(path: string, required: readonly string[]): Table {
  const text = decodeTable(attempt(path, () => readFileSync(path)));
  const head = headOf(text);
  const columns = splitHeader(head);
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new AppError(
      'bad-dataset',
      `${path}: missing column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; its header is ` +
        `"${shown(columns)}", expected at least ${required.join(', ')}.`,
      { details: { missing, columns } },
    );
  }
  const position = new Map(columns.map((column, index) => [column, index]));
  const rows = parseRecords(path, text, head).map(({ record, info }) => ({
    line: info.lines,
    cell: (column: string) => record[position.get(column) ?? -1] ?? '',
  }));
  return { path, columns, rows };
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseRecords(path: string, text: string, { line, delimiter }: TableHead): ParsedRecord[] {
  try {
    return parse(text, {
      delimiter,
      from_line: line + 1,
      info: true,
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as ParsedRecord[];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AppError('bad-dataset', `${path}: not a readable table (${cause.message}).`, { cause });
  }
}

/** A line whose quotes do not close is no header of any table here: it is cut as it stands, so that messages can show it. */
function splitHeader({ header: line, delimiter }: TableHead): string[] {
  try {
    const [header = []] = parse(line, { delimiter, trim: true, relax_quotes: true }) as string[][];
    return header.map((name) => name.toLowerCase());
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    return line.split(delimiter).map((name) => name.trim().toLowerCase());
  }
}

/** The names of a header for a message, also where the file is no table at all. */
function shown(columns: readonly string[]): string {
  const text = columns.join(', ').replace(/\p{Cc}/gu, '');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const error = code === 'ENOENT' ? 'not-found' : 'bad-dataset';
    const reason =
      code === 'ENOENT'
        ? 'there is no such table; check the path'
        : `the table cannot be read (${code}); check path and permissions`;
    throw new AppError(error, `${path}: ${reason}.`, { cause });
  }
}
