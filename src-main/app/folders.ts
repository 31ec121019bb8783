/**
 * How windows choose a folder of this machine: by the system's dialog where the host has one, or by walking through the
 * folders that the host allows. Runs in the host.
 * Guarantee: nothing outside the allowed roots is listed, also not through `..` or a link that leads out of them.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { FolderListing } from '../contract/schema/folder.ts';
import { explainSystemError } from '../contract/system-error.ts';

export type FolderAccess =
  /** Null: the person chose none. */
  | { readonly kind: 'dialog'; choose(): Promise<string | null> }
  | { readonly kind: 'browse'; readonly roots: readonly string[] };

/** @returns the folder; null when the person chose none. @throws AppError `conflict` where there is no dialog */
export async function chooseFolder(access: FolderAccess | undefined): Promise<string | null> {
  if (access?.kind === 'dialog') return access.choose();
  throw new AppError(
    'conflict',
    'This host has no dialog of the system. Ask for the list of folders instead.',
  );
}

/**
 * The folders in a folder; hidden ones are left out.
 * @param path absolute; null for the places to begin at
 * @throws AppError `conflict` (no host of this kind), `bad-input` (outside), `not-found`, `read-only`
 */
export async function listFolder(
  access: FolderAccess | undefined,
  path: string | null,
): Promise<FolderListing> {
  if (access?.kind !== 'browse') {
    throw new AppError('conflict', 'This host lists no folders. Choose one with the dialog of the system.');
  }
  const roots = await existing(access.roots);
  if (path === null) {
    const folders = roots.map((root) => ({ name: root, path: root }));
    return { path: null, parent: null, folders, fileCount: 0 };
  }
  try {
    return await listInside(roots, await realpath(allowedPath(path)));
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

function allowedPath(path: string): string {
  if (isAbsolute(path)) return path;
  throw new AppError('bad-input', `"${path}" is no absolute path. Choose a folder of the list.`);
}

async function listInside(roots: readonly string[], path: string): Promise<FolderListing> {
  const isAllowed = (folder: string) => roots.some((root) => isInside(root, folder));
  if (!isAllowed(path)) {
    throw new AppError(
      'bad-input',
      `${path} is outside the folders that this window may look into. Start with --allow FOLDER to add one.`,
    );
  }
  if (!(await isFolder(path))) throw new AppError('bad-input', `${path} is a file. Choose a folder.`);
  const entries = await readdir(path, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const own = visible.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  const linked = visible.filter((entry) => entry.isSymbolicLink()).map(({ name }) => join(path, name));
  const targets = (await existing(linked)).filter(isAllowed);
  const linkedFolders = await Promise.all(
    targets.map(async (target) => ((await isFolder(target)) ? [target] : [])),
  );
  const parent = dirname(path);
  return {
    path,
    parent: parent !== path && isAllowed(parent) ? parent : null,
    folders: [...new Set([...own, ...linkedFolders.flat()])]
      .map((folder) => ({ name: basename(folder), path: folder }))
      .sort((left, right) => left.name.localeCompare(right.name, undefined, { numeric: true })),
    fileCount: visible.filter((entry) => entry.isFile()).length,
  };
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** The true paths of those that are there, each once. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => null)));
  return [...new Set(found.filter((path) => path !== null))];
}

/** What may not be looked at is none. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
