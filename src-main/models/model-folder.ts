/**
 * A trained model on disk: a folder in the layers format of TensorFlow.js (model.json, weights.bin) with lesion-lab.json, which has the
 * network, configuration, recipe, classes, metrics and the hashes of all. Runs in the worker.
 * Guarantee: a folder is whole or absent; what is loaded is what was saved, or an error names the file.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { ModelFile, type ModelMetadata } from '../contract/schema/model.ts';
import type { Network } from '../contract/schema/network.ts';
import { asWriteError, writeFileWhole } from '../dataset/write-file.ts';
import type { NamedWeights } from './named-weights.ts';
import { weightSpecs } from './shapes.ts';
import { sha256, splitWeights } from './weights/bundle.ts';
import { encodeTfjsLayers } from './weights/tfjs-layers.ts';

const FORMAT_VERSION = 1;
const DESCRIPTION = 'lesion-lab.json';

export interface SavedModel {
  readonly network: Network;
  readonly weights: NamedWeights;
  readonly metadata: ModelMetadata;
}

/**
 * Writes the folder beside its place and renames it; one that is there already is replaced.
 * @throws AppError `read-only`, `disk-full`; `bad-model` when a weight of the network is missing; `cancelled`: the older one stays then
 */
export async function saveModelFolder(
  folder: string,
  model: SavedModel,
  signal?: AbortSignal,
): Promise<void> {
  const mark = randomBytes(6).toString('hex');
  const beside = `${folder}.${mark}.tmp`;
  const replaced = `${folder}.${mark}.old`;
  const files = encodeTfjsLayers(model.network, model.weights);
  const content: ModelFile['content'] = {
    savedAt: new Date().toISOString(),
    network: model.network,
    metadata: model.metadata,
    files: [...files].map(([path, bytes]) => ({ path, sha256: sha256(bytes), bytes: bytes.length })),
  };
  const contentSha256 = sha256(Buffer.from(JSON.stringify(content)));
  const description = JSON.stringify({ formatVersion: FORMAT_VERSION, contentSha256, content });
  try {
    for (const [path, bytes] of files) await writeFileWhole(join(beside, path), [bytes], signal);
    await writeFileWhole(join(beside, DESCRIPTION), [description], signal);
    if (existsSync(folder)) await rename(folder, replaced);
    await rename(beside, folder);
    await rm(replaced, { recursive: true, force: true });
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    if (existsSync(replaced) && !existsSync(folder)) await rename(replaced, folder);
    throw asWriteError(folder, cause);
  }
}

/**
 * Reads and checks a folder.
 * @throws AppError `not-found`, `corrupt` naming the file, `newer-version`
 */
export async function loadModelFolder(folder: string): Promise<SavedModel> {
  const path = join(folder, DESCRIPTION);
  if (!existsSync(path)) {
    throw new AppError(
      'not-found',
      `${folder} is no saved model: it has no ${DESCRIPTION}. Give the folder that a run or "lab export" wrote.`,
    );
  }
  const { network, metadata, files } = readDescription(path, await readFile(path, 'utf8'));
  const contents = new Map<string, Buffer>();
  for (const file of files) contents.set(file.path, await readChecked(folder, file));
  const entries = weightSpecs(network).map(({ key, shape }) => ({ name: key, shape }));
  const binary = contents.get('weights.bin');
  if (!binary) throw damaged(path, 'it names no weights.bin');
  return { network, metadata, weights: splitWeights(binary, entries) };
}

function readDescription(path: string, text: string): ModelFile['content'] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause);
  }
  const { formatVersion, content } = (file ?? {}) as { formatVersion?: unknown; content?: unknown };
  if (typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION) {
    throw new AppError(
      'newer-version',
      `${path} has format ${formatVersion}, and this Lesion Lab reads up to ${FORMAT_VERSION}; update Lesion Lab.`,
    );
  }
  const parsed = ModelFile.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(path, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  if (sha256(Buffer.from(JSON.stringify(content))) !== parsed.data.contentSha256) {
    throw damaged(path, 'its content does not match its SHA-256');
  }
  return parsed.data.content;
}

async function readChecked(
  folder: string,
  file: { path: string; sha256: string; bytes: number },
): Promise<Buffer> {
  const path = join(folder, file.path);
  if (!existsSync(path)) throw damaged(path, 'it is missing');
  const bytes = await readFile(path);
  if (bytes.length !== file.bytes)
    throw damaged(path, `it has ${bytes.length} bytes, saved were ${file.bytes}`);
  if (sha256(bytes) !== file.sha256) throw damaged(path, `its SHA-256 is not the one in ${DESCRIPTION}`);
  return bytes;
}

function damaged(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    `${path} is damaged: ${reason}. Restore the folder from a copy, or train again.`,
    { cause },
  );
}
