/** A file in a place of a person's choice, whole or absent: written beside its place, then renamed. Runs in the host. */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { explainSystemError } from '../contract/system-error.ts';

/**
 * @param write writes a new file at the path that it is given, and closes it
 * @throws AppError `disk-full`, `read-only`, `not-found` (the folder), or what `write` throws; what was there stays then, and nothing else
 */
export async function writeWholeFile<T>(path: string, write: (beside: string) => Promise<T>): Promise<T> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const result = await write(beside);
    await rename(beside, path);
    return result;
  } catch (thrown) {
    await rm(beside, { force: true });
    throw explainSystemError(thrown);
  }
}
