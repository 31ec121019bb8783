/** A saved model as a file for Python's Keras, or as a folder for TensorFlow.js and Lesion Lab. Runs in the worker. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ExportedFile, ExportFormat } from '../contract/schema/job.ts';
import { throwIfCancelled } from '../dataset/concurrently.ts';
import { exportKeras } from '../models/keras-export.ts';
import { loadModelFolder, saveModelFolder } from '../models/model-folder.ts';

/**
 * @param job.path a file ending in `.keras` or `.h5`, or a folder for `tfjs`
 * @throws AppError `not-found`, `corrupt` (the saved model), `conflict` (the folder holds something else), `bad-input`
 * (ending), `read-only`, `disk-full`, `cancelled` (nothing is written then)
 */
export async function exportModel(
  job: { modelFolder: string; format: ExportFormat; path: string },
  signal?: AbortSignal,
): Promise<ExportedFile[]> {
  const model = await loadModelFolder(job.modelFolder);
  throwIfCancelled(signal);
  if (job.format !== 'tfjs') {
    return [{ path: job.path, bytes: await exportKeras(model, job.path, signal) }];
  }
  requireFreeFolder(job.path);
  await saveModelFolder(job.path, model, signal);
  return readdirSync(job.path).map((name) => {
    const path = join(job.path, name);
    return { path, bytes: statSync(path).size };
  });
}

/** An earlier export, and what file managers leave in the folders that they show. */
const REPLACED = ['lesion-lab.json', 'model.json', 'weights.bin', '.DS_Store', 'Thumbs.db', 'desktop.ini'];

/** An earlier export is replaced; a folder with anything else in it is not. */
function requireFreeFolder(path: string): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory() && readdirSync(path).every((name) => REPLACED.includes(name))) return;
  throw new AppError('conflict', `${path} holds other files and is left as it is; name a new folder.`);
}
