/**
 * HDF5 through h5wasm, with paths of this machine's file system. Runs in the worker. Files are closed whatever happens.
 */
import { existsSync } from 'node:fs';
import { Dataset, File, Group, ready } from 'h5wasm/node';
import { AppError } from '../../contract/errors.ts';
import { asWriteError } from '../../dataset/write-file.ts';
import type { WeightArray } from '../named-weights.ts';

export type { Group } from 'h5wasm/node';

/** Errors of the library are thrown, not printed. */
const prepared = ready.then((library) => library.activate_throwing_error_handler());

/** @throws AppError `not-found`, `bad-model` when it is no HDF5 file or is incomplete */
export async function readHdf5<T>(path: string, read: (file: Group) => T): Promise<T> {
  if (!existsSync(path)) throw new AppError('not-found', `No file ${path}.`);
  await prepared;
  try {
    return within(new File(path, 'r'), read);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'bad-model',
      `${path} cannot be read as an HDF5 file; it is incomplete or of another format. Fetch it again.`,
      { cause },
    );
  }
}

/** The library passes on what the system said, and no code. */
const CODES: Readonly<Record<string, string>> = {
  'No space left': 'ENOSPC',
  'quota exceeded': 'EDQUOT',
  'File too large': 'EFBIG',
};

/** Makes the file anew. @throws AppError `read-only`, `disk-full` */
export async function writeHdf5(path: string, write: (file: Group) => void): Promise<void> {
  await prepared;
  try {
    within(new File(path, 'w'), write);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const words = Object.keys(CODES).find((said) => String(cause).includes(said));
    if (words) throw asWriteError(path, Object.assign(new Error(words, { cause }), { code: CODES[words] }));
    throw new AppError('read-only', `${path} cannot be written; choose another folder.`, { cause });
  }
}

function within<T>(file: File, use: (file: Group) => T): T {
  try {
    return use(file);
  } finally {
    file.close();
  }
}

/** The group's sub-group of that name or path; null where there is none. */
export function groupIn(group: Group, name: string): Group | null {
  const entity = group.get(name);
  return entity instanceof Group ? entity : null;
}

/** The array at that path. @throws AppError `bad-model` when it is no array of floating-point numbers */
export function arrayIn(group: Group, name: string): WeightArray {
  const entity = group.get(name);
  const values = entity instanceof Dataset ? entity.value : null;
  if (!(entity instanceof Dataset) || !(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new AppError('bad-model', `"${group.path}/${name}" is no array of floating-point numbers.`);
  }
  return { shape: entity.shape ?? [], values: Float32Array.from(values) };
}

/** A text attribute; null where there is none. */
export function textAttribute(group: Group, name: string): string | null {
  const value = group.attrs[name]?.value;
  return typeof value === 'string' ? value : null;
}

/**
 * A list of texts. Keras cuts a list that is too long for one attribute into `name0`, `name1` …; null where there is none.
 */
export function textListAttribute(group: Group, name: string): string[] | null {
  const whole = group.attrs[name];
  if (whole) return texts(whole.value);
  const parts: string[] = [];
  for (let part = 0; group.attrs[`${name}${part}`]; part++) {
    parts.push(...texts(group.attrs[`${name}${part}`]!.value));
  }
  return parts.length > 0 ? parts : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}
