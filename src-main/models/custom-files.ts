/** Which files a model of the user's own is made of, so that a run can keep a copy of them. Runs in the worker. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import { AppError } from '../contract/errors.ts';

/**
 * @param path a model file that `loadModelFile` can read: a layer list, a Keras file, or model.json of TensorFlow.js or its folder
 * @returns absolute paths; more than one for TensorFlow.js, whose weights lie beside model.json
 * @throws AppError `bad-model` when model.json names a file outside its folder
 */
export async function listModelFiles(path: string): Promise<string[]> {
  const file = statSync(path).isDirectory() ? join(path, 'model.json') : path;
  if (extname(file).toLowerCase() !== '.json') return [file];
  const { weightsManifest = [] } = JSON.parse(await readFile(file, 'utf8')) as {
    weightsManifest?: readonly { readonly paths: readonly string[] }[];
  };
  const folder = dirname(file);
  const shards = weightsManifest.flatMap(({ paths }) => paths.map((shard) => join(folder, shard)));
  const stray = shards.find((shard) => isOutside(folder, shard));
  if (stray) {
    throw new AppError('bad-model', `${file} names ${stray}, which is not beside it; put its weights there.`);
  }
  return [file, ...new Set(shards)];
}

function isOutside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return isAbsolute(path) || path.split(/[\\/]/)[0] === '..';
}
