/**
 * Released models that can be asked here, each in a folder of the data folder named by the SHA-256 of its file. Runs in the host.
 * Guarantee: a folder is there whole or not at all. What is being taken in lies in `releasing/` and is moved at the end; what a killed
 * process left there goes the day after.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../contract/errors.ts';
import type { ArchivedFile } from '../../contract/schema/archive.ts';
import { Release, type ReleaseSignature, type ReleaseSummary } from '../../contract/schema/release.ts';
import {
  RELEASE_SIGNATURE,
  type ReleasedNetwork,
  ReleaseOrigin,
  SignatureFile,
} from '../../contract/schema/release-archive.ts';
import { explainSystemError } from '../../contract/system-error.ts';
import { findDatasetByHash } from '../../store/run-archive.ts';
import { damaged } from '../archive/zip.ts';
import { type AppContext, runJob } from '../context.ts';
import { removeLeftBehind } from '../run-transfers.ts';
import { JOB_COMPUTE } from '../worker-environment.ts';
import { extractReleaseFile, LARGEST_RELEASE_BYTES, RELEASED_MODEL } from './release-file.ts';
import { describeKey } from './signing.ts';

export interface InstalledRelease {
  /** With `model/`, and `distribution.bin` where the release has one. */
  readonly folder: string;
  readonly release: Release;
  readonly summary: ReleaseSummary;
  /** With `references.bin` and `references.json`; null: no training images are at hand. */
  readonly references: string | null;
  /** The dataset that it was trained on, where it is known here. */
  readonly datasetId: number | null;
  /** As they lay in its file. */
  readonly files: readonly ArchivedFile[];
}

/** What a file turned out to be, laid out in a folder of its own that is about to be moved or deleted. */
export interface StagedRelease {
  readonly folder: string;
  readonly hash: string;
  readonly release: Release;
  readonly signature: ReleaseSignature | null;
  readonly bytes: number;
  readonly files: readonly ArchivedFile[];
}

const RELEASE_FILE = 'file.lesion-model';
const HASH = /^[0-9a-f]{64}$/;

/** Checked when the network is loaded, by the hash in a file that is checked here. */
const WEIGHTS = 'model/weights.bin';

/** @throws AppError `not-found`, `corrupt` (it is not what was installed; of its other files `requireWhole` says so) */
export async function requireRelease(context: AppContext, hash: string): Promise<InstalledRelease> {
  const folder = folderOf(context, hash);
  if (!existsSync(folder)) {
    throw new AppError(
      'not-found',
      `There is no released model ${hash.slice(0, 12)}… here. "lab release list" and Settings name those that are; import its file first.`,
    );
  }
  try {
    const { origin, files } = ReleaseOrigin.parse(await readJson(folder, 'origin.json'));
    const text = await readFile(join(folder, 'release.json'));
    const listed = files.find(({ path }) => path === 'release.json');
    if (listed && createHash('sha256').update(text).digest('hex') !== listed.sha256)
      throw new Error('release.json was changed');
    const release = Release.parse(JSON.parse(text.toString('utf8')));
    const signature = existsSync(join(folder, RELEASE_SIGNATURE))
      ? describeKey(
          Buffer.from(SignatureFile.parse(await readJson(folder, RELEASE_SIGNATURE)).publicKey, 'base64'),
        )
      : null;
    const { size } = await stat(join(folder, RELEASE_FILE));
    const references = join(folder, 'references');
    const hasReferences = existsSync(references);
    return {
      folder,
      release,
      summary: summaryOf({ hash, release, signature, bytes: size }, origin, hasReferences),
      references: hasReferences ? references : null,
      datasetId: findDatasetByHash(context.db, release.evidence.dataset.hash),
      files,
    };
  } catch (cause) {
    throw notAsInstalled(hash, folder, cause);
  }
}

/** That all files which an answer rests on are as they were installed. @throws AppError `corrupt` */
export async function requireWhole({ folder, files, summary: { hash } }: InstalledRelease): Promise<void> {
  for (const { path, sha256 } of files) {
    if (path === WEIGHTS) continue;
    const found = await hashOf(join(folder, path)).catch((cause) => {
      throw notAsInstalled(hash, folder, cause);
    });
    if (found !== sha256) throw notAsInstalled(hash, folder);
  }
}

function notAsInstalled(hash: string, folder: string, cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    `The installed model ${hash.slice(0, 12)}… is damaged: a file in ${folder} is missing or was changed. Import its file again.`,
    { cause },
  );
}

/** The newest first; a damaged one is logged and left out. */
export async function listReleases(context: AppContext): Promise<ReleaseSummary[]> {
  const names = (await readdir(context.folder.models)).filter((name) => HASH.test(name));
  const found = await Promise.all(
    names.map((hash) =>
      requireRelease(context, hash).then(
        ({ summary }) => [summary],
        (thrown: unknown) => {
          context.log.warn({ err: thrown, model: hash }, 'a released model cannot be read');
          return [];
        },
      ),
    ),
  );
  return found.flat().sort((a, b) => b.releasedAt.localeCompare(a.releasedAt));
}

/** The file itself. @throws AppError `not-found`, `corrupt` */
export async function releaseFileOf(
  context: AppContext,
  hash: string,
): Promise<InstalledRelease & { file: string }> {
  const installed = await requireRelease(context, hash);
  return { ...installed, file: join(installed.folder, RELEASE_FILE) };
}

/**
 * Takes a file apart into a folder of its own, all of it checked, and hands it to `use`; the folder is gone afterwards unless `use`
 * moved it. @param name how errors call the file
 * @throws AppError `corrupt`, `newer-version`, `bad-input`, `not-found`, `cancelled`, `disk-full`
 */
export async function withStaged<T>(
  context: AppContext,
  { path, name }: { path: string; name: string },
  use: (staged: StagedRelease) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return withWorkplace(context, async (folder) => {
    const file = join(folder, RELEASE_FILE);
    const { size: bytes } = await stat(path);
    const source = { path, name, kind: RELEASED_MODEL.name };
    if (bytes > LARGEST_RELEASE_BYTES) throw damaged(source, `it has ${(bytes / 1e9).toFixed(1)} GB`);
    await copyFile(path, file);
    const { release, signature, files } = await extractReleaseFile(file, folder, name, { signal });
    if (signature) await writeFile(join(folder, RELEASE_SIGNATURE), JSON.stringify(signature.file));
    const network = await checkModel(context, folder, signal).catch((thrown: unknown) => {
      throw thrown instanceof AppError && ['corrupt', 'bad-model', 'not-found'].includes(thrown.code)
        ? damaged(source, thrown.message.replaceAll(folder, '').replace(/\.$/, ''))
        : thrown;
    });
    if (!isOf(release, network))
      throw damaged(source, 'release.json describes another network than it holds');
    const hash = await hashOf(file);
    return use({ folder, hash, release, signature: signature?.signer ?? null, bytes, files });
  });
}

/** Moves what was staged to where it is asked from. One that is there already stays; a damaged one is replaced. */
export async function install(
  context: AppContext,
  { folder, hash, files }: StagedRelease,
  origin: Omit<ReleaseOrigin, 'files'>,
): Promise<ReleaseSummary> {
  const there = await findIntact(context, hash);
  if (there) return there;
  const target = folderOf(context, hash);
  await writeFile(join(folder, 'origin.json'), JSON.stringify({ ...origin, files }));
  await rm(target, { recursive: true, force: true });
  await rename(folder, target).catch((thrown: unknown) => {
    // another process was faster
    if (!existsSync(target)) throw thrown;
  });
  context.emit('release.changed', {});
  return (await requireRelease(context, hash)).summary;
}

/** Null: it is not here, or damaged. */
export async function findIntact(context: AppContext, hash: string): Promise<ReleaseSummary | null> {
  try {
    const found = await requireRelease(context, hash);
    await requireWhole(found);
    return found.summary;
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'not-found' || thrown.code === 'corrupt')) return null;
    throw thrown;
  }
}

/** It is gone at once; a process that is killed meanwhile leaves nothing that would be listed. @throws AppError `not-found` */
export async function removeRelease(context: AppContext, hash: string): Promise<void> {
  const folder = folderOf(context, hash);
  if (!existsSync(folder)) await requireRelease(context, hash);
  await withWorkplace(context, (workplace) => rename(folder, join(workplace, hash)));
  context.emit('release.changed', {});
}

/** A folder beside the installed ones, on the same disk, that goes away at the end. */
export async function withWorkplace<T>(
  { folder: { root } }: AppContext,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const releasing = join(root, 'releasing');
  const folder = join(releasing, randomUUID());
  try {
    removeLeftBehind(releasing);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await use(folder);
  } catch (thrown) {
    throw explainSystemError(thrown);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function summaryOf(
  { hash, release, signature, bytes }: Omit<StagedRelease, 'folder' | 'files'>,
  origin: ReleaseOrigin['origin'],
  hasReferences: boolean,
): ReleaseSummary {
  const { name, version, releasedAt, classes, isNonCommercial, licence, evidence } = release;
  return {
    hash,
    name,
    version,
    releasedAt,
    modelId: evidence.modelId,
    classes,
    datasetName: evidence.dataset.name,
    isSynthetic: evidence.dataset.synthetic,
    isNonCommercial,
    licence,
    testBalancedAccuracy: evidence.test?.balancedAccuracy ?? null,
    origin,
    signature,
    hasReferences,
    bytes,
  };
}

export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** @throws AppError `bad-input` for what is no hash: it would be part of a path */
function folderOf({ folder }: AppContext, hash: string): string {
  if (HASH.test(hash)) return join(folder.models, hash);
  throw new AppError('bad-input', `${JSON.stringify(hash)} is no SHA-256 of a released model.`);
}

async function readJson(folder: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, name), 'utf8'));
}

/** On the processor alone: a training may have the GPU. */
function checkModel(context: AppContext, folder: string, signal?: AbortSignal): Promise<ReleasedNetwork> {
  return runJob(
    context,
    (worker) => worker.call('release.check-model', { folder: join(folder, 'model') }, { signal }),
    signal,
    { ...JOB_COMPUTE, device: 'cpu', intraOpThreads: 1 },
  );
}

function isOf(release: Release, network: ReleasedNetwork): boolean {
  const codes = (classes: Release['classes']) => classes.map(({ code }) => code).join();
  return (
    codes(release.classes) === codes(network.classes) &&
    release.input.widthPx === network.input.widthPx &&
    release.input.heightPx === network.input.heightPx &&
    release.evidence.modelId === network.modelId
  );
}
