/** How much the data folder takes and how much more would fit; its caches, which can be made again. Runs in the host. */
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { Storage, StoragePart } from '../contract/schema/storage.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { tryLock } from '../store/process-lock.ts';
import type { DataFolder } from './paths.ts';

/** Files that go away while they are counted count as nothing. */
async function fileSizes(path: string): Promise<{ readonly path: string; readonly bytes: number }[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = files.map((file) =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).map((bytes, index) => ({ path: files[index]!, bytes }));
}

/** Of all files in a folder and below it. */
export async function folderBytes(path: string): Promise<number> {
  return total(await fileSizes(path));
}

export async function storageOf(folder: DataFolder): Promise<Storage> {
  const { bavail, bsize } = await statfs(folder.root);
  const files = await fileSizes(folder.root);
  const parts: Storage['parts'] = {
    runs: 0,
    models: 0,
    cache: 0,
    weights: 0,
    synthetic: 0,
    database: 0,
    cases: 0,
    logs: 0,
    other: 0,
  };
  for (const { path, bytes } of files) parts[partOf(folder, path)] += bytes;
  return { usedBytes: total(files), freeBytes: bavail * bsize, parts };
}

/**
 * Deletes decoded images and thumbnails; they are made again when they are next needed.
 * @returns how much that freed
 * @throws AppError `conflict` while a run trains or waits to, `read-only`
 */
export async function cleanCaches(folder: DataFolder): Promise<{ freedBytes: number }> {
  const attempt = tryLock(folder.trainingLock);
  if ('heldBy' in attempt) {
    throw new AppError(
      'conflict',
      'A run trains or waits for its turn, and its images are in the cache. Clean the caches when it has ended.',
    );
  }
  try {
    const before = await folderBytes(folder.cache);
    const entries = await readdir(folder.cache);
    await Promise.all(entries.map((name) => rm(join(folder.cache, name), { recursive: true, force: true })));
    return { freedBytes: Math.max(0, before - (await folderBytes(folder.cache))) };
  } catch (thrown) {
    throw explainSystemError(thrown);
  } finally {
    attempt.lock.release();
  }
}

/** The folder below the root that a file is in, or what it is itself. */
function partOf({ root, database, cases }: DataFolder, file: string): StoragePart {
  if (file.startsWith(database)) return 'database';
  if (file.startsWith(cases)) return 'cases';
  const [folder] = relative(root, file).split(sep);
  return FOLDERS.find((part) => part === folder) ?? 'other';
}

const FOLDERS = ['runs', 'models', 'cache', 'weights', 'synthetic', 'logs'] as const;

function total(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
