/**
 * The file of a released model, written and taken apart. Runs in the host. Guarantee: what is taken from a file is whole (hashes),
 * has no entry but those that a release has, none larger than it may be, and a signature, where it has one, that belongs to it.
 */
import { join } from 'node:path';
import type { ArchivedFile } from '../../contract/schema/archive.ts';
import { RELEASE_VERSION, Release, type ReleaseSignature } from '../../contract/schema/release.ts';
import {
  RELEASE_DISTRIBUTION,
  RELEASE_ENTRIES,
  RELEASE_FORMAT,
  RELEASE_SIGNATURE,
  ReleaseHead,
  ReleaseManifest,
  SignatureFile,
} from '../../contract/schema/release-archive.ts';
import { type ArchiveKind, type OpenedArchive, openSealed, type ReadOptions } from '../archive/read.ts';
import { writeArchive } from '../archive/write.ts';
import { type ArchiveSource, damaged } from '../archive/zip.ts';
import { inconsistencyOf } from './consistency.ts';
import { signWith, verifiedSigner } from './signing.ts';

export const RELEASED_MODEL: ArchiveKind<ReleaseManifest> = {
  name: 'released model',
  remedy: 'Choose a file that ends in ".lesion-model", as "lab release export" or Settings save one.',
  head: ReleaseHead,
  version: RELEASE_VERSION,
  manifest: ReleaseManifest,
  unlisted: [RELEASE_SIGNATURE],
};

const MB = 1e6;
const LARGEST_BYTES: Readonly<Record<(typeof RELEASE_ENTRIES)[number], number>> = {
  'release.json': 8 * MB,
  'model/model.json': 8 * MB,
  'model/weights.bin': 1000 * MB,
  'model/lesion-lab.json': 8 * MB,
  [RELEASE_DISTRIBUTION]: 150 * MB,
  'model-card.md': 2 * MB,
  'model-card.html': 4 * MB,
};
/** Of a file as it is packed; weights are packed as they are. */
export const LARGEST_RELEASE_BYTES = Object.values(LARGEST_BYTES).reduce((sum, bytes) => sum + bytes, 0);

/**
 * Packs a folder that has the entries of a release.
 * @param keyFile of the key to sign with; null: it is not signed
 * @throws AppError `cancelled`, `disk-full`, `read-only`; no file is left then
 */
export async function writeReleaseFile(
  path: string,
  content: { folder: string; keyFile: string | null; appVersion: string; release: Release },
  signal?: AbortSignal,
): Promise<void> {
  const { folder, keyFile, appVersion, release } = content;
  const names = RELEASE_ENTRIES.filter((name) => name !== RELEASE_DISTRIBUTION || hasDistribution(release));
  await writeArchive(
    path,
    async (writer) => {
      for (const name of names) await writer.addFile(name, join(folder, name));
      const head = {
        format: RELEASE_FORMAT,
        formatVersion: RELEASE_VERSION,
        appVersion,
        createdAt: release.releasedAt,
      };
      await writer.finish(head, (manifest) =>
        keyFile === null
          ? new Map()
          : new Map([[RELEASE_SIGNATURE, JSON.stringify(signWith(keyFile, manifest))]]),
      );
    },
    { signal },
  );
}

export interface ReleaseContent {
  readonly release: Release;
  readonly signature: { readonly file: SignatureFile; readonly signer: ReleaseSignature } | null;
  readonly files: readonly ArchivedFile[];
}

/**
 * Takes a file apart into a folder.
 * @param name how errors call the file
 * @throws AppError `corrupt`, `newer-version`, `bad-input` (another kind of file), `cancelled`
 */
export async function extractReleaseFile(
  path: string,
  folder: string,
  name: string,
  options: ReadOptions = {},
): Promise<ReleaseContent> {
  const source = { path, name, kind: RELEASED_MODEL.name };
  const archive = await openSealed(path, RELEASED_MODEL, { ...options, name });
  try {
    const { files } = archive.manifest;
    requireEntries(source, files);
    const signature = await readSignature(source, archive);
    const release = await archive.document('release.json', Release);
    requireDistribution(source, release, files);
    const inconsistency = inconsistencyOf(release);
    if (inconsistency !== null) throw damaged(source, inconsistency);
    for (const file of files) await archive.extract(file, join(folder, file.path));
    return { release, signature, files };
  } finally {
    await archive.close();
  }
}

function requireEntries(source: ArchiveSource, files: readonly ArchivedFile[]): void {
  const largest = new Map<string, number>(Object.entries(LARGEST_BYTES));
  for (const { path, bytes } of files) {
    const most = largest.get(path);
    if (most === undefined) throw damaged(source, `it holds ${path}, which no released model has`);
    if (bytes > most) throw damaged(source, `${path} has ${bytes} bytes, more than ${most / MB} MB`);
  }
  const missing = RELEASE_ENTRIES.find(
    (name) => name !== RELEASE_DISTRIBUTION && !files.some(({ path }) => path === name),
  );
  if (missing) throw damaged(source, `it has no ${missing}`);
}

function requireDistribution(source: ArchiveSource, release: Release, files: readonly ArchivedFile[]): void {
  if (files.some(({ path }) => path === RELEASE_DISTRIBUTION) === hasDistribution(release)) return;
  throw damaged(source, `release.json and ${RELEASE_DISTRIBUTION} do not belong together`);
}

async function readSignature(
  source: ArchiveSource,
  archive: OpenedArchive<ReleaseManifest>,
): Promise<ReleaseContent['signature']> {
  const file = await archive.unlisted(RELEASE_SIGNATURE, SignatureFile);
  if (!file) return null;
  const signer = verifiedSigner(file, archive.manifestBytes);
  if (signer) return { file, signer };
  throw damaged(
    source,
    'its signature does not belong to its content, so that it was changed after it had been signed',
  );
}

function hasDistribution({ fit }: Release): boolean {
  return fit.distance.method === 'feature-distance';
}
