/** The manifest as a file, and its hash. Runs in the worker. A file that does not match its own hash is refused. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '../contract/errors.ts';
import { type ClassInfo, type DatasetImage, DatasetManifest } from '../contract/schema/dataset.ts';
import { writeFileWhole } from './write-file.ts';

const FORMAT_VERSION: DatasetManifest['formatVersion'] = 1;

/** SHA-256 over image id, content hash, class code and lesion of every image, in their order. */
export function manifestHash(classes: readonly ClassInfo[], images: readonly DatasetImage[]): string {
  const hash = createHash('sha256');
  for (const { imageId, contentHash, classIndex, lesionId } of images) {
    hash.update(`${JSON.stringify([imageId, contentHash, classes[classIndex]!.code, lesionId])}\n`);
  }
  return hash.digest('hex');
}

/** Throws `read-only` or `disk-full`. */
export async function saveManifest(path: string, manifest: DatasetManifest): Promise<void> {
  await writeFileWhole(path, [JSON.stringify(manifest)]);
}

/** Throws `not-found`, `newer-version` or `corrupt`. */
export async function loadManifest(path: string): Promise<DatasetManifest> {
  const content = parseJson(path, await readText(path));
  const version = (content as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    throw new AppError(
      'newer-version',
      `${path}: written by a newer Lesion Lab (format ${version}, this one reads ${FORMAT_VERSION}); update it.`,
    );
  }
  const parsed = DatasetManifest.safeParse(content);
  if (!parsed.success) throw corrupt(path, 'its content is not a manifest', parsed.error);
  const manifest = parsed.data;
  const isWithinClasses = manifest.images.every(({ classIndex }) => classIndex < manifest.classes.length);
  if (!isWithinClasses || manifestHash(manifest.classes, manifest.images) !== manifest.hash) {
    throw corrupt(path, 'its images do not match its hash');
  }
  return manifest;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new AppError(
      'not-found',
      `${path}: the manifest cannot be read (${code}); import the dataset again.`,
      {
        cause,
      },
    );
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, 'it is not JSON', cause);
  }
}

function corrupt(path: string, why: string, cause?: unknown): AppError {
  return new AppError('corrupt', `${path}: damaged manifest (${why}); import the dataset again.`, { cause });
}
