/**
 * One scan of a dataset's folder, shared by all layouts: its pictures, tables, class file and marker. Runs in the worker.
 * Sub-folders at any depth and links are followed; hidden entries and `__MACOSX` are not; order is by name. A picture's link that leads
 * nowhere counts as a picture, so that it is told as one that cannot be read.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { DATASET_PICTURE, isPicture, OTHER_PICTURE } from '../contract/picture-names.ts';
import { ClassInfo, type DatasetManifest } from '../contract/schema/dataset.ts';

export interface FolderContents {
  /** Absolute. */
  readonly root: string;
  /** Paths relative to the root, with forward slashes, sorted. */
  readonly pictures: readonly string[];
  /** Pictures of kinds that an import does not read. */
  readonly otherPictures: readonly string[];
  /** All folders below the root, empty ones too. */
  readonly folders: readonly string[];
  readonly tables: readonly string[];
  /** What `classes.json` at the root says, if it is there. */
  readonly classes: readonly ClassInfo[] | null;
  /** Whether the drawn set's marker file is at the root. */
  readonly synthetic: boolean;
}

export const SYNTHETIC_MARKER = 'SYNTHETIC.txt';
const CLASS_FILE = 'classes.json';
/** Harvard Dataverse hands HAM10000's table out without an ending. */
const TABLE = /\.(csv|tsv|tab)$|(^|\/)HAM10000_metadata$/i;

/** Throws `not-found` or `bad-dataset`, naming the folder that is missing or cannot be read. */
export function scanFolder(root: string): FolderContents {
  const absolute = resolve(root);
  const folders: string[] = [];
  const files = listFiles(absolute, '', new Set(), folders).sort(byCodeUnits);
  return {
    root: absolute,
    pictures: files.filter((path) => DATASET_PICTURE.test(path)),
    otherPictures: files.filter((path) => OTHER_PICTURE.test(path)),
    folders: folders.sort(byCodeUnits),
    tables: files.filter((path) => TABLE.test(path)),
    classes: files.includes(CLASS_FILE) ? readClassFile(join(absolute, CLASS_FILE)) : null,
    synthetic: files.includes(SYNTHETIC_MARKER),
  };
}

/**
 * An imported set whose folder is still where it was. A disk that is not connected often leaves its empty folder.
 * @throws AppError `not-found`
 */
export function requireInPlace({ name, root, images }: DatasetManifest): void {
  if (images.some(({ path }) => existsSync(join(root, path)))) return;
  const what = existsSync(root)
    ? `none of its ${images.length} images is in ${root}`
    : `there is no folder ${root}`;
  throw new AppError(
    'not-found',
    `The images of the dataset ${name} are not where they were imported from: ${what}. Connect its disk or put the folder back, or import the dataset again from where it is now.`,
  );
}

/** File name without folder and picture extension. */
export function pictureStem(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(DATASET_PICTURE, '');
}

/** Order of the published code and of every machine, whatever its language. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Adds every folder on the way to `folders`. */
function listFiles(root: string, folder: string, visited: Set<string>, folders: string[]): string[] {
  const absolute = join(root, folder);
  const real = attempt(absolute, () => realpathSync(absolute));
  if (visited.has(real)) return [];
  visited.add(real);
  const entries = attempt(absolute, () => readdirSync(absolute, { withFileTypes: true }));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const target = entry.isSymbolicLink() ? targetOf(join(root, path)) : entry;
    if (target === null) return isPicture(path) ? [path] : [];
    if (target.isDirectory()) {
      folders.push(path);
      return listFiles(root, path, visited, folders);
    }
    return target.isFile() ? [path] : [];
  });
}

/** Null for a link that leads nowhere, or round in a circle. @throws what `attempt` throws for one into a closed folder */
function targetOf(link: string): Stats | null {
  return attempt(link, () => {
    try {
      return statSync(link);
    } catch (cause) {
      if (/^(ENOENT|ENOTDIR|ELOOP)$/.test((cause as NodeJS.ErrnoException).code ?? '')) return null;
      throw cause;
    }
  });
}

function attempt<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      throw new AppError('not-found', `${folder}: there is no such folder; check the path.`, { cause });
    }
    if (code === 'ENOTDIR') {
      throw new AppError('bad-dataset', `${folder} is a file; give the folder that holds the images.`, {
        cause,
      });
    }
    throw new AppError('bad-dataset', `${folder}: cannot be read (${code}); check its permissions.`, {
      cause,
    });
  }
}

function readClassFile(path: string): ClassInfo[] {
  const example = '[{"code": "mel", "name": "Melanoma", "malignant": true}, …]';
  try {
    const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    return ClassInfo.array().parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('bad-dataset', `${path}: not a class list; expected JSON such as ${example}.`, {
      cause,
    });
  }
}
