/**
 * Reads weights of every format that models come in: Keras's legacy .h5 (weights or a whole model), Keras 3's .weights.h5 and .keras,
 * the layers format of TensorFlow.js. Runs in the worker. The content decides, not the name.
 */
import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { NamedWeights } from '../named-weights.ts';
import { readHdf5 } from './hdf5.ts';
import { readKerasH5 } from './keras-h5.ts';
import { readKerasArchive, readKerasWeightsH5 } from './keras-v3.ts';
import { readTfjsLayers } from './tfjs-layers.ts';
import { namedWeights, type WeightsFile } from './weights-file.ts';

/** `path`: a file, or a folder with model.json. @throws AppError `not-found`, `bad-model`, `corrupt` */
export async function readWeightsFile(path: string): Promise<WeightsFile> {
  if (!existsSync(path)) throw new AppError('not-found', `No file or folder ${path}.`);
  if (statSync(path).isDirectory()) return readTfjsLayers(join(path, 'model.json'));
  const start = await firstBytes(path);
  if (start.startsWith('PK')) return readKerasArchive(path);
  if (start.startsWith('{')) return readTfjsLayers(path);
  if (start.includes('HDF')) {
    const file = await readHdf5(path, (hdf5) => readKerasH5(hdf5) ?? readKerasWeightsH5(hdf5));
    if (file) return file;
  }
  throw new AppError(
    'bad-model',
    `${path} holds no weights that can be read. Known are Keras's .h5, .weights.h5 and .keras, and a folder or model.json in the layers format of TensorFlow.js.`,
  );
}

/** The same as one map. Keys are `layer/kernel`; `layer/0` where a file only numbers a layer's arrays (Keras 3). */
export async function readWeights(path: string): Promise<NamedWeights> {
  return namedWeights(await readWeightsFile(path));
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('latin1', 0, bytesRead).trimStart();
  } finally {
    await file.close();
  }
}
