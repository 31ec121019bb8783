/**
 * Files that are either whole or absent: written beside their place, flushed, renamed. Runs in the worker.
 * A reader never sees half a file, and a failed write leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { throwIfCancelled } from './concurrently.ts';

/**
 * Writes `chunks`, one after the other, as the file at `path`, making its folder.
 * Throws `read-only` or `disk-full` naming the path, and `cancelled` where the signal is aborted before the file is in its place.
 */
export async function writeFileWhole(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'wx');
    try {
      for (const chunk of chunks) {
        throwIfCancelled(signal);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    throwIfCancelled(signal);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw asWriteError(path, cause);
  }
}

/** The AppError for a failed write to `path`; anything that is not about the disk stays as it is. */
export function asWriteError(path: string, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', `${path}: no space left; free some on that disk and try again.`, {
      cause,
    });
  }
  if (code === 'EFBIG') {
    return new AppError(
      'disk-full',
      `${path}: the file size limit is reached; raise it ("ulimit -f unlimited"), or choose a folder on another disk.`,
      { cause },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) {
    return new AppError(
      'read-only',
      `${path}: cannot be written (${code}); choose another data folder or change its permissions.`,
      { cause },
    );
  }
  return cause;
}
