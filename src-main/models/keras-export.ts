/**
 * A model as a file for Python's Keras: `.keras` (Keras 3) or legacy `.h5` (Keras 2 and 3). Runs in the worker.
 * Predictions are equal; the pixels' scaling is not part of it and must be applied before (lesion-lab.json has it).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { Network } from '../contract/schema/network.ts';
import { throwIfCancelled } from '../dataset/concurrently.ts';
import { asWriteError, writeFileWhole } from '../dataset/write-file.ts';
import type { NamedWeights } from './named-weights.ts';
import { writeKerasH5 } from './weights/keras-h5.ts';
import { encodeKerasArchive } from './weights/keras-v3.ts';

/**
 * @param path ends in `.keras` or `.h5`; an existing file is replaced
 * @returns the file's size in bytes
 * @throws AppError `bad-input` for another ending, `bad-model`, `read-only`, `disk-full`, `cancelled`; the older file stays then
 */
export async function exportKeras(
  model: { readonly network: Network; readonly weights: NamedWeights },
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const ending = extname(path).toLowerCase();
  if (ending === '.keras') {
    await writeFileWhole(path, [await encodeKerasArchive(model.network, model.weights)], signal);
  } else if (ending === '.h5') {
    await writeH5Whole(path, model, signal);
  } else {
    throw new AppError('bad-input', `A Keras file ends in .keras or .h5; received ${path}.`);
  }
  return (await stat(path)).size;
}

async function writeH5Whole(
  path: string,
  { network, weights }: { readonly network: Network; readonly weights: NamedWeights },
  signal: AbortSignal | undefined,
): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeKerasH5(beside, network, weights);
    throwIfCancelled(signal);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw asWriteError(path, cause);
  }
}
