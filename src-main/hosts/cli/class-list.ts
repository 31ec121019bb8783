/**
 * A list of classes that a person wrote: JSON (`[{"code": "mel", "name": "Melanoma", "malignant": true}]`) or CSV with the columns code, name,
 * malignant. Malignant is true, false or unknown. Runs in the command line.
 */
import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { AppError, nearestName } from '../../contract/errors.ts';
import type { ClassInfo } from '../../contract/schema/dataset.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import { decodeTable, headOf, LINE_ENDS } from '../../contract/table-text.ts';
import { parseJson } from './json-file.ts';

/** What the file says of one class; what it leaves out stays as it is. */
export interface ListedClass {
  /** File and row, to begin a message with. */
  readonly where: string;
  readonly code: string;
  readonly name: string | undefined;
  readonly malignant: boolean | null | undefined;
}

type Row = readonly [where: string, value: unknown];

const KEYS = ['code', 'name', 'malignant'];
const FORMAT =
  'a list of {"code", "name", "malignant"} in JSON, or a CSV table with the columns code, name, malignant';

/** @throws AppError `not-found`, `read-only`, `bad-input` naming the file and the row that is wrong */
export function readClassList(file: string): ListedClass[] {
  const text = readText(file);
  const rows = /^\s*[[{]/.test(text) || /\.json$/i.test(file) ? jsonRows(file, text) : csvRows(file, text);
  const listed = rows.map(readRow);
  if (listed.length === 0) throw new AppError('bad-input', `${file} names no class; expected ${FORMAT}.`);
  listed.forEach(({ code, where }, index) => {
    const first = listed.findIndex((other) => other.code === code);
    if (first === index) return;
    throw new AppError('bad-input', `${where}: the class "${code}" is in ${listed[first]!.where} already.`);
  });
  return listed;
}

/** For an import, where nothing is known before: a class without a name is called by its code. */
export function asClasses(listed: readonly ListedClass[]): ClassInfo[] {
  return listed.map(({ code, name, malignant }) => ({
    code,
    name: name ?? code,
    malignant: malignant ?? null,
  }));
}

/** The classes of a dataset with what the list says of them. @throws AppError `bad-input` naming the row with an unknown code */
export function mergeClasses(classes: readonly ClassInfo[], listed: readonly ListedClass[]): ClassInfo[] {
  const codes = classes.map(({ code }) => code);
  const unknown = listed.find(({ code }) => !codes.includes(code));
  if (unknown) {
    const near = nearestName(unknown.code, codes);
    throw new AppError(
      'bad-input',
      `${unknown.where}: the dataset has no class "${unknown.code}"${near ? `; did you mean "${near}"?` : '.'} It has ${codes.join(', ')}.`,
    );
  }
  return classes.map((info) => {
    const given = listed.find(({ code }) => code === info.code);
    return {
      ...info,
      ...(given?.name === undefined ? {} : { name: given.name }),
      ...(given?.malignant === undefined ? {} : { malignant: given.malignant }),
    };
  });
}

function readText(file: string): string {
  try {
    return decodeTable(readFileSync(file));
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

function jsonRows(file: string, text: string): Row[] {
  const list = parseJson(file, text);
  if (!Array.isArray(list)) throw new AppError('bad-input', `${file} must hold ${FORMAT}.`);
  return list.map((value, index) => [`${file}, entry ${index + 1}`, value]);
}

function csvRows(file: string, text: string): Row[] {
  const { line, delimiter } = headOf(text);
  try {
    const records = parse(text, {
      columns: (names: string[]) => names.map((name) => name.toLowerCase()),
      delimiter,
      from_line: line,
      info: true,
      record_delimiter: LINE_ENDS,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return records.map(({ record, info }) => [`${file}, line ${info.lines}`, withoutEmptyCells(record)]);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AppError('bad-input', `${file} is not a readable table (${cause.message}).`, { cause });
  }
}

function withoutEmptyCells(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== ''));
}

function readRow([where, value]: Row): ListedClass {
  const wrong = (problem: string) => new AppError('bad-input', `${where}: ${problem}; expected ${FORMAT}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`${JSON.stringify(value)} is no class`);
  }
  const { code, name, malignant, ...others } = value as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    const near = nearestName(other, KEYS);
    throw wrong(`there is no "${other}" of a class${near ? `, did you mean "${near}"?` : ''}`);
  }
  if (typeof code !== 'string' || code === '') throw wrong('the class has no code');
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw wrong(`the name of "${code}" is ${JSON.stringify(name)}, which is no text`);
  }
  return { where, code, name, malignant: readMark(malignant, code, wrong) };
}

function readMark(
  mark: unknown,
  code: string,
  wrong: (problem: string) => AppError,
): boolean | null | undefined {
  if (mark === undefined || mark === null || typeof mark === 'boolean') return mark;
  const word = String(mark).toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'unknown') return null;
  throw wrong(
    `"malignant" of "${code}" is ${JSON.stringify(mark)}, which is neither true, false nor unknown`,
  );
}
