/**
 * What a release's answers rest on beside its weights, as files: the fitted Gaussian of the training features (`distribution.bin`)
 * and the features themselves (`references.bin`, with `references.json`, which stay on this machine). Runs in the worker.
 * Numbers are float32, little-endian, as on every platform that the native library is made for.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { ReferenceImage, type ReleasedDistance } from '../contract/schema/release.ts';
import { writeFileWhole } from '../dataset/write-file.ts';
import type { FeatureGaussian } from '../numerics/out-of-distribution.ts';

const DISTRIBUTION = 'distribution.bin';
const REFERENCES = 'references.bin';
const REFERENCE_IMAGES = 'references.json';

export interface References {
  /** [image][dims], in the order of `images`. */
  readonly features: Float32Array;
  readonly images: readonly ReferenceImage[];
}

/** The Cholesky factor, then the whitened means. */
export async function writeDistribution(
  folder: string,
  { cholesky, whitenedMeans }: FeatureGaussian,
  signal?: AbortSignal,
): Promise<void> {
  await writeFileWhole(join(folder, DISTRIBUTION), [cholesky, whitenedMeans].map(bytesOf), signal);
}

/**
 * @returns null where the release measures no feature distance
 * @throws AppError `corrupt` when the file is missing or is not as long as the release says
 */
export async function readDistribution(
  folder: string,
  { featureCount, whitenedMeans }: Pick<ReleasedDistance, 'featureCount' | 'whitenedMeans'>,
): Promise<FeatureGaussian | null> {
  if (featureCount === null || whitenedMeans === null) return null;
  const triangle = (featureCount * (featureCount + 1)) / 2;
  const values = await readFloats(join(folder, DISTRIBUTION), triangle + whitenedMeans * featureCount);
  return {
    featureCount,
    cholesky: values.subarray(0, triangle),
    whitenedMeans: values.subarray(triangle),
  };
}

export async function writeReferences(
  folder: string,
  { features, images }: References,
  signal?: AbortSignal,
): Promise<void> {
  await writeFileWhole(join(folder, REFERENCES), [bytesOf(features)], signal);
  await writeFileWhole(join(folder, REFERENCE_IMAGES), [JSON.stringify(images)], signal);
}

/** @throws AppError `corrupt` when a file is missing, or the two do not fit together or to a model of `dims` features */
export async function readReferences(folder: string, dims: number): Promise<References> {
  const path = join(folder, REFERENCE_IMAGES);
  const images = ReferenceImage.array().safeParse(parseJson(await readWhole(path), path));
  if (!images.success) throw damaged(path, 'it is no list of training images');
  const features = await readFloats(join(folder, REFERENCES), images.data.length * dims);
  return { features, images: images.data };
}

async function readFloats(path: string, count: number): Promise<Float32Array> {
  const bytes = await readWhole(path);
  if (bytes.length !== count * Float32Array.BYTES_PER_ELEMENT) {
    throw damaged(path, `it has ${bytes.length} bytes; ${count} numbers need ${count * 4}`);
  }
  const values = new Float32Array(count);
  bytesOf(values).set(bytes);
  return values;
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw damaged(path, 'it is missing', cause);
  }
}

function parseJson(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function damaged(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    `${path} is damaged: ${reason}. Import the model's file again, or release it again.`,
    { cause },
  );
}
