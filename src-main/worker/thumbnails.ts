/** A batch of thumbnails, each a file of the cache. Runs in the worker. One that fails leaves the others alone. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { forEachConcurrently } from '../dataset/concurrently.ts';
import { asWriteError } from '../dataset/write-file.ts';
import { encodeThumbnail } from '../preprocess/thumbnail.ts';

/**
 * @returns for each picture null once `target` is there, or why its `source` gives none.
 * @throws AppError `disk-full`, `read-only`, `cancelled`
 */
export async function makeThumbnails(
  pictures: readonly { readonly source: string; readonly target: string }[],
  signal?: AbortSignal,
): Promise<(string | null)[]> {
  const outcomes: (string | null)[] = pictures.map(() => null);
  const work = async ({ source, target }: { source: string; target: string }, index: number) => {
    try {
      await writeBeside(target, await encodeThumbnail(source));
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !['bad-image', 'not-found'].includes(thrown.code)) throw thrown;
      outcomes[index] = thrown.message;
    }
  };
  await forEachConcurrently(pictures, work, { signal });
  return outcomes;
}

/** Whole or absent; not flushed, since a lost one is made again. */
async function writeBeside(target: string, bytes: Uint8Array): Promise<void> {
  const beside = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(beside, bytes);
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw asWriteError(target, cause);
  }
}
