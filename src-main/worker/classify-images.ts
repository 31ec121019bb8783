/** A saved model on unlabelled pictures: one, a folder, thousands. Runs in the worker. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { isPicture } from '../contract/picture-names.ts';
import type { Classification, ImageAnswer, ItemProgress } from '../contract/schema/job.ts';
import { loadModelFolder } from '../models/model-folder.ts';
import { predictImages } from '../models/predict-images.ts';
import { createPredictor } from '../models/predictor.ts';
import { decodeImage } from '../preprocess/decode.ts';

const BATCH = 16;

/**
 * One answer for each picture, in the order of `paths` (a folder's pictures by name). A picture that cannot be read has its
 * error in place of probabilities and stops nothing.
 * @throws AppError `not-found` for a path that is not there, `bad-input` for a folder without pictures, `cancelled`
 */
export async function classifyImages(
  job: { modelFolder: string; paths: readonly string[] },
  onItems: (progress: ItemProgress) => void,
  signal: AbortSignal,
): Promise<Classification> {
  const { network, weights, metadata } = await loadModelFolder(job.modelFolder);
  const { recipe, classes } = metadata;
  const files = (await Promise.all(job.paths.map(picturesAt))).flat();
  const predictor = createPredictor(network, weights);
  const answers: ImageAnswer[] = [];
  const began = performance.now();
  try {
    for (let from = 0; from < files.length; from += BATCH) {
      const paths = files.slice(from, from + BATCH);
      const decoded = await Promise.all(paths.map((path) => decodeOrExplain(path, recipe)));
      const readable = decoded.flatMap(({ pixels }) => (pixels ? [pixels] : []));
      const images = {
        ...recipe,
        count: readable.length,
        pixels: Buffer.concat(readable),
        indexOf: () => -1,
        skipped: [],
      };
      const rows = readable.map((_, row) => row);
      const probabilities = await predictImages(predictor, { images, rows, recipe, signal });
      for (const [index, path] of paths.entries()) {
        const { error } = decoded[index]!;
        answers.push({ path, error, probabilities: error === null ? probabilities.shift()! : null });
      }
      const left = files.length - answers.length;
      const remainingMs = ((performance.now() - began) / answers.length) * left;
      onItems({ done: answers.length, total: files.length, remainingMs });
    }
  } finally {
    predictor.dispose();
  }
  return { classes, answers };
}

async function picturesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new AppError('not-found', `There is no file or folder ${path}.`);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  const pictures = entries.filter(isPicture).sort();
  if (pictures.length === 0) {
    throw new AppError('bad-input', `${path} holds no pictures (JPEG, PNG, TIFF, WebP).`);
  }
  return pictures.map((entry) => join(path, entry));
}

async function decodeOrExplain(
  path: string,
  size: { widthPx: number; heightPx: number },
): Promise<{ pixels: Uint8Array; error: null } | { pixels: null; error: string }> {
  try {
    return { pixels: await decodeImage(path, size), error: null };
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'bad-image' || thrown.code === 'not-found')) {
      return { pixels: null, error: thrown.message };
    }
    throw thrown;
  }
}
