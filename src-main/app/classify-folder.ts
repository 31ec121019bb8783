/**
 * A folder of pictures into one CSV, that can be gone on with: the pictures that are not in it yet or could not be read are asked about. Runs
 * in the host; the worker answers picture by picture.
 *
 * Rows are appended as they come, each whole, so that a killed process loses at most the pictures on their way. A picture's id is its
 * path within the folder, with slashes.
 */
import { appendFileSync, constants, existsSync, readFileSync } from 'node:fs';
import { type FileHandle, open, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DICOM_SIGNATURE_BYTES, isDicom } from '../contract/dicom-signature.ts';
import { AppError } from '../contract/errors.ts';
import { isPicture } from '../contract/picture-names.ts';
import type { FolderOutcome } from '../contract/release-api.ts';
import {
  type AnsweringModel,
  type ClinicalAnswer,
  predictedIndex,
} from '../contract/schema/clinical-answer.ts';
import type { ClassInfo } from '../contract/schema/dataset.ts';
import type { ItemProgress } from '../contract/schema/job.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { asText, csv } from './csv.ts';
import { writeWholeFile } from './whole-file.ts';

export interface FolderQuestion {
  readonly folder: string;
  /** Where the table is to lie, or lies already. */
  readonly csv: string;
  readonly level: number;
  readonly model: AnsweringModel;
  readonly classes: readonly ClassInfo[];
  /** @throws AppError `bad-image`, `not-found` for a picture that cannot be read: it has a row that says so */
  ask(path: string): Promise<{ readonly answer: ClinicalAnswer }>;
  onProgress(progress: ItemProgress): void;
  readonly signal: AbortSignal;
}

/** Decoding of the next pictures goes on while the network looks at one. */
const AT_ONCE = 3;

/**
 * @throws AppError `not-found`, `bad-input` (no pictures; a folder for a table), `conflict` (the CSV is another model's, or none of this kind),
 * `cancelled`, `disk-full`, `read-only`, or what `ask` throws. What was answered stays, and `details.kept` says so.
 */
export async function classifyFolder(question: FolderQuestion): Promise<FolderOutcome> {
  const began = performance.now();
  const { csv: file, signal } = question;
  const ids = await picturesIn(question.folder, signal);
  const isNew = !existsSync(file);
  const earlier = isNew ? new Set<string>() : await readEarlier(question);
  const left = ids.filter((id) => !earlier.has(id));
  const counts = { answered: 0, unreadable: 0, withWarnings: 0, withheld: 0 };
  const table = await openTable(question, earlier.size === 0);
  const next = left.values();
  let done = ids.length - left.length;
  const before = done;

  async function work(): Promise<void> {
    for (const id of next) {
      if (signal.aborted) return;
      const row = await rowOf(question, id);
      appendFileSync(table.fd, csv([row.cells]));
      counts[row.error === null ? 'answered' : 'unreadable'] += 1;
      if (row.answer && row.answer.warnings.length > 0) counts.withWarnings += 1;
      if (row.answer?.isWithheld) counts.withheld += 1;
      done += 1;
      const remainingMs = ((performance.now() - began) / (done - before)) * (ids.length - done);
      question.onProgress({ done, total: ids.length, remainingMs });
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await table.sync();
  } catch (thrown) {
    throw withRows(explainSystemError(thrown), { file, isNew, rows: done - before });
  } finally {
    await table.close();
  }
  if (signal.aborted) {
    const cancelled = new AppError('cancelled', `Cancelled after ${done} of ${ids.length} pictures.`);
    throw withRows(cancelled, { file, isNew, rows: done - before });
  }
  return {
    pictures: ids.length,
    ...counts,
    earlier: before,
    csv: file,
    elapsedMs: performance.now() - began,
  };
}

/** A failure that says what the call had written before it; a defect comes back as it is. */
function withRows(
  thrown: unknown,
  { file, isNew, rows }: { readonly file: string; readonly isNew: boolean; readonly rows: number },
): unknown {
  if ((rows === 0 && !isNew) || !(thrown instanceof AppError)) return thrown;
  const written = rows === 0 ? 'was begun and has no picture yet' : `has ${rows} more picture(s)`;
  const kept = `Every answer that was there before. ${file} ${written}; the same call goes on with the others.`;
  return new AppError(thrown.code, thrown.message, { cause: thrown, details: { ...thrown.details, kept } });
}

async function picturesIn(folder: string, signal: AbortSignal): Promise<string[]> {
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new AppError('not-found', `There is no folder ${folder}.`);
  const entries = await readdir(folder, { recursive: true });
  const unnamed = entries.filter((entry) => UNNAMED.test(entry) && !DICOM_INDEX.test(entry));
  const dicom: string[] = [];
  for (const entry of unnamed) {
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled before the first picture.');
    if (await beginsAsDicom(join(folder, entry))) dicom.push(entry);
  }
  const ids = [...entries.filter(isPicture), ...dicom].map((entry) => entry.replaceAll('\\', '/'));
  if (ids.length > 0) return ids.sort();
  throw new AppError('bad-input', `${folder} holds no pictures (JPEG, PNG, TIFF, WebP, DICOM).`);
}

/** DICOM files often have no ending, or end as their UID does: "IM000001", "1.2.826.0.1". */
const UNNAMED = /(^|[\\/])([^.\\/]+|[\d.]+\d)$/;
/** The list of a medium's files, which is a DICOM file itself. */
const DICOM_INDEX = /(^|[\\/])DICOMDIR$/i;

/** Windows has no pipes among its files. */
const WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A folder, a pipe, or a file that cannot be read, does not. */
async function beginsAsDicom(path: string): Promise<boolean> {
  const file = await open(path, WITHOUT_WAITING).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(DICOM_SIGNATURE_BYTES));
    return isDicom(buffer.subarray(0, bytesRead));
  } catch {
    return false; // a folder opens, and cannot be read
  } finally {
    await file.close();
  }
}

function headerOf({ classes }: FolderQuestion): string[] {
  return [
    'id',
    'predicted',
    ...classes.map(({ code }) => asText(`p_${code}`)),
    'set',
    'set_level',
    'malignant_share',
    'malignant_positive',
    'melanoma_positive',
    'withheld',
    'out_of_distribution',
    'warnings',
    'error',
    'model',
    'version',
    'model_hash',
    'answered_at',
  ];
}

interface Row {
  readonly cells: string[];
  readonly answer: ClinicalAnswer | null;
  readonly error: string | null;
}

/** Whether it is one picture's failure, beside which others can be answered. */
export function isUnreadablePicture(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && (thrown.code === 'bad-image' || thrown.code === 'not-found');
}

async function rowOf(question: FolderQuestion, id: string): Promise<Row> {
  try {
    const { answer } = await question.ask(join(question.folder, id));
    return { cells: cellsOf(question, id, answer, null), answer, error: null };
  } catch (thrown) {
    if (!isUnreadablePicture(thrown)) throw thrown;
    return { cells: cellsOf(question, id, null, thrown.message), answer: null, error: thrown.message };
  }
}

function cellsOf(
  { classes, level, model }: FolderQuestion,
  id: string,
  answer: ClinicalAnswer | null,
  error: string | null,
): string[] {
  const operating = (question: string) => answer?.operating.find((one) => one.question === question);
  const included = answer
    ? classes.filter((_, index) => answer.predictionSet.members[index]!.isIncluded)
    : [];
  return [
    asText(id),
    answer && !answer.isWithheld ? classes[predictedIndex(answer)]!.code : '',
    ...classes.map((_, index) => String(answer?.probabilities[index] ?? '')),
    included.map(({ code }) => code).join(' '),
    String(level),
    String(operating('malignant')?.share ?? ''),
    String(operating('malignant')?.isPositive ?? ''),
    String(operating('melanoma')?.isPositive ?? ''),
    String(answer?.isWithheld ?? ''),
    String(answer?.outOfDistribution.isOutside ?? ''),
    onOneLine(answer?.warnings.join(' ') ?? ''),
    onOneLine(error ?? ''),
    asText(model.name),
    asText(model.version),
    model.hash,
    answer?.answeredAt ?? new Date().toISOString(),
  ];
}

const onOneLine = (words: string): string => asText(words.replace(/\s+/g, ' '));

/**
 * Ids that a table has answers for. A last line that was not written whole, and rows of pictures that could not be read, are taken out; a link stays
 * one, and who may read the table may go on to.
 * @throws AppError `conflict`, `bad-input`, `read-only`
 */
async function readEarlier(question: FolderQuestion): Promise<Set<string>> {
  const { csv: file, model, level } = question;
  const refuse = (why: string) =>
    new AppError(
      'conflict',
      `${file} is there already and ${why}. Choose another file, or move that one away.`,
    );
  const bytes = readTable(file);
  if (bytes.length === 0) return new Set();
  const whole = bytes.lastIndexOf('\n') + 1;
  const rows = parseTable(bytes.subarray(0, whole).toString('utf8'));
  if (rows?.[0]?.join() !== headerOf(question).join()) throw refuse('is no table of this model');
  const column = (name: string) => headerOf(question).indexOf(name);
  const others = rows.slice(1);
  if (others.some((row) => row[column('model_hash')] !== model.hash)) throw refuse('is of another model');
  if (others.some((row) => row[column('set_level')] !== String(level)))
    throw refuse(`has sets of another level than ${level}`);
  const answered = others.filter((row) => row[column('error')] === '');
  if (whole < bytes.length || answered.length < others.length) {
    const kept = csv([headerOf(question), ...answered]);
    const { mode } = await stat(file);
    await writeWholeFile(await realpath(file), (beside) => writeFile(beside, kept, { mode, flush: true }));
  }
  return new Set(answered.map(([id = '']) => id.replace(/^'(?=[=+\-@\t\r])/, '')));
}

/** @throws AppError `bad-input` (a folder), `read-only` */
function readTable(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EISDIR') throw explainSystemError(thrown);
    throw new AppError('bad-input', `${file} is a folder; name the file to write in it.`);
  }
}

function parseTable(text: string): string[][] | null {
  try {
    return parse(text) as string[][];
  } catch {
    return null;
  }
}

async function openTable(question: FolderQuestion, isNew: boolean): Promise<FileHandle> {
  const { csv: file } = question;
  try {
    const table = await open(file, 'a', 0o600);
    if (isNew && (await table.stat()).size === 0) await table.writeFile(csv([headerOf(question)]));
    return table;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new AppError(
        'not-found',
        `There is no folder ${dirname(file)} for the table. Choose another place.`,
      );
    }
    throw explainSystemError(thrown);
  }
}
