/**
 * The product's own form of a backbone's weights on disk: a folder with `weights.bin` (float32, little-endian, one array after the
 * other) and `index.json` (names, shapes, SHA-256). Bundled and imported weights have it. Runs in the worker.
 * Guarantee: what is read has the hash that was written, or an error names the file.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { WeightIndex } from '../../contract/schema/model.ts';
import { asWriteError, writeFileWhole } from '../../dataset/write-file.ts';
import type { NamedWeights, WeightArray } from '../named-weights.ts';

const FORMAT_VERSION = 1;

/** What a reader should know about where imported numbers came from. */
export interface BundleSource {
  readonly file: string;
  readonly sha256: string;
}

/** The folder's index, or null where there is no such folder. @throws AppError `corrupt`, `newer-version` */
export function readBundleIndex(folder: string): WeightIndex | null {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return null;
  const version = parseJson(path)?.formatVersion;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw new AppError(
      'newer-version',
      `${path} has format ${version}, and this Lesion Lab reads up to ${FORMAT_VERSION}; update Lesion Lab.`,
    );
  }
  const parsed = WeightIndex.safeParse(parseJson(path));
  if (!parsed.success) {
    throw new AppError(
      'corrupt',
      `${path} is not an index of weights; delete its folder and import the weights again.`,
    );
  }
  return parsed.data;
}

/** Reads and checks a folder; null where there is none. @throws AppError `corrupt` naming the file */
export function readBundle(folder: string): NamedWeights | null {
  const index = readBundleIndex(folder);
  if (!index) return null;
  const path = join(folder, 'weights.bin');
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (sha256(bytes) !== index.sha256) {
    throw new AppError(
      'corrupt',
      `${path} has ${bytes.length} bytes and does not match the SHA-256 in index.json; restore it, or import the weights again.`,
    );
  }
  return splitWeights(bytes, index.weights);
}

/**
 * Writes a folder beside its place and renames it; an older one of the same name is replaced.
 * @throws AppError `read-only`, `disk-full`, `cancelled`; the older one stays then
 */
export async function writeBundle(
  folder: string,
  backbone: string,
  weights: NamedWeights,
  source: BundleSource,
  signal?: AbortSignal,
): Promise<void> {
  const binary = joinWeights(weights);
  const index: WeightIndex = {
    formatVersion: FORMAT_VERSION,
    backbone,
    dtype: 'float32',
    byteOrder: 'little',
    sha256: sha256(binary),
    source,
    weights: [...weights].map(([name, { shape }]) => ({ name, shape: [...shape] })),
  };
  const beside = `${folder}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFileWhole(join(beside, 'weights.bin'), [binary], signal);
    await writeFileWhole(join(beside, 'index.json'), [JSON.stringify(index, null, 1)], signal);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    throw asWriteError(folder, cause);
  }
}

/** Cuts one buffer into arrays, in the order of the entries. @throws AppError `corrupt` when sizes do not add up */
export function splitWeights(
  bytes: Uint8Array,
  entries: readonly { name: string; shape: readonly number[] }[],
): Map<string, WeightArray> {
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.byteLength & ~3)),
  );
  const weights = new Map<string, WeightArray>();
  let offset = 0;
  for (const { name, shape } of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    weights.set(name, { shape: [...shape], values: values.slice(offset, offset + count) });
    offset += count;
  }
  if (offset * 4 !== bytes.byteLength) {
    throw new AppError(
      'corrupt',
      `Weights of ${bytes.byteLength} bytes were read, their list of shapes adds up to ${offset * 4}; the file is incomplete or of another model.`,
    );
  }
  return weights;
}

/** The values of all arrays one after the other, little-endian. */
export function joinWeights(weights: NamedWeights): Buffer {
  return Buffer.concat(
    [...weights.values()].map(({ values }) =>
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    ),
  );
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseJson(path: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
