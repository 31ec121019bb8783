/**
 * A file that Lesion Lab packed, opened and checked. Runs in the host. Guarantees: only names that the sealed manifest lists are read,
 * none of them leads out of a folder, nothing is longer than it claims, and what is handed out has the hash that was packed.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../contract/errors.ts';
import { ARCHIVE_MANIFEST, ARCHIVE_SEAL, type ArchivedFile } from '../../contract/schema/archive.ts';
import { LARGEST_ARCHIVE_BYTES, requireSafePath } from './names.ts';
import { type ArchiveSource, damaged, openZip, type ZipReader } from './zip.ts';

const LARGEST_DOCUMENT_BYTES = 256 * 1024 ** 2;
/** Of an entry that no manifest speaks for. */
const LARGEST_UNLISTED_BYTES = 2 ** 16;

/** As the contract's schemas are. */
export interface Schema<T> {
  safeParse(
    json: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

interface SealedManifest {
  readonly files: readonly ArchivedFile[];
}

/** What sets one kind of file apart from another. */
export interface ArchiveKind<Manifest extends SealedManifest> {
  /** "file of runs" */
  readonly name: string;
  /** What to do with another zip file: "Choose a file that ... made." */
  readonly remedy: string;
  /** What every version begins with. */
  readonly head: Schema<{ formatVersion: number }>;
  readonly version: number;
  readonly manifest: Schema<Manifest>;
  /** Entries that may lie beside the manifest without being listed, such as its signature. */
  readonly unlisted?: readonly string[];
}

export interface OpenedArchive<Manifest extends SealedManifest> {
  readonly manifest: Manifest;
  readonly manifestBytes: Buffer;
  document<T>(name: string, schema: Schema<T>): Promise<T>;
  /** An entry that the manifest does not list; null: it is not there. */
  unlisted<T>(name: string, schema: Schema<T>): Promise<T | null>;
  /** Writes an entry to `target`, checked by its hash as it is written. */
  extract(file: ArchivedFile, target: string): Promise<void>;
  close(): Promise<void>;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** How errors name the file; left out: by its path. */
  readonly name?: string | undefined;
}

/** @throws AppError `corrupt`, `newer-version`, `bad-input` (another kind of file), `not-found` */
export async function openSealed<Manifest extends SealedManifest>(
  path: string,
  kind: ArchiveKind<Manifest>,
  options: ReadOptions = {},
): Promise<OpenedArchive<Manifest>> {
  const source = { path, name: options.name ?? path, kind: kind.name };
  const zip = await openZip(source);
  try {
    const { manifest, bytes: manifestBytes } = await readManifest(source, zip, kind);
    return {
      manifest,
      manifestBytes,
      ...createReader(source, zip, manifest, options),
      close: () => zip.close(),
    };
  } catch (thrown) {
    await zip.close();
    throw thrown;
  }
}

async function readManifest<Manifest extends SealedManifest>(
  source: ArchiveSource,
  zip: ZipReader,
  kind: ArchiveKind<Manifest>,
): Promise<{ manifest: Manifest; bytes: Buffer }> {
  if (!zip.entries.has(ARCHIVE_MANIFEST) || !zip.entries.has(ARCHIVE_SEAL)) {
    throw new AppError(
      'bad-input',
      `The file ${source.name} is a zip file, but no ${kind.name} of Lesion Lab: it has no ${ARCHIVE_MANIFEST}. ${kind.remedy}`,
    );
  }
  const bytes = await readWhole(source, zip, ARCHIVE_MANIFEST);
  const sealed = (await readWhole(source, zip, ARCHIVE_SEAL)).toString('latin1').trim();
  if (createHash('sha256').update(bytes).digest('hex') !== sealed)
    throw damaged(source, 'its manifest is not what was packed');
  const json = parseJson(source, ARCHIVE_MANIFEST, bytes);
  const head = kind.head.safeParse(json);
  if (!head.success) throw damaged(source, `${ARCHIVE_MANIFEST} is not that of a ${kind.name}`);
  if (head.data.formatVersion > kind.version) {
    throw new AppError(
      'newer-version',
      `The file ${source.name} was made by a newer Lesion Lab (format ${head.data.formatVersion}; this one reads up to ${kind.version}). Nothing was taken from it. Update Lesion Lab, then try again.`,
    );
  }
  const manifest = parseWith(source, ARCHIVE_MANIFEST, kind.manifest, json);
  for (const file of manifest.files) requireSafePath(file.path);
  requireSameContents(source, zip, manifest, kind.unlisted ?? []);
  return { manifest, bytes };
}

/** What is in the archive is what the manifest lists, with the sizes that it lists. */
function requireSameContents(
  source: ArchiveSource,
  zip: ZipReader,
  { files }: SealedManifest,
  unlisted: readonly string[],
): void {
  for (const { path: name, bytes } of files) {
    if (zip.entries.get(name)?.bytes !== bytes)
      throw damaged(source, `${name} is missing or has another size`);
  }
  const listed = new Set([...files.map((file) => file.path), ARCHIVE_MANIFEST, ARCHIVE_SEAL, ...unlisted]);
  if (listed.size !== files.length + 2 + unlisted.length)
    throw damaged(source, 'its manifest names a file twice');
  const extra = [...zip.entries.keys()].find((name) => !listed.has(name));
  if (extra !== undefined)
    throw damaged(source, `it holds ${JSON.stringify(extra)}, which its manifest does not list`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > LARGEST_ARCHIVE_BYTES)
    throw damaged(source, `it claims to unpack to ${total} bytes, more than 4 GB`);
}

function createReader(
  source: ArchiveSource,
  zip: ZipReader,
  manifest: SealedManifest,
  options: ReadOptions,
): Pick<OpenedArchive<SealedManifest>, 'document' | 'unlisted' | 'extract'> {
  const fileOf = (name: string): ArchivedFile => {
    const file = manifest.files.find((candidate) => candidate.path === name);
    if (!file) throw damaged(source, `${name} is missing`);
    return file;
  };
  return {
    async document(name, schema) {
      const file = fileOf(name);
      const text = await readWhole(source, zip, name);
      if (createHash('sha256').update(text).digest('hex') !== file.sha256)
        throw damaged(source, `${name} is not what was packed`);
      return parseWith(source, name, schema, parseJson(source, name, text));
    },
    async unlisted(name, schema) {
      if (!zip.entries.has(name)) return null;
      const text = await readWhole(source, zip, name, LARGEST_UNLISTED_BYTES);
      return parseWith(source, name, schema, parseJson(source, name, text));
    },
    async extract(file, target) {
      await mkdir(dirname(target), { recursive: true });
      const hash = createHash('sha256');
      await pipeline(
        checkedChunks(source, zip, file.path, (chunk) => {
          hash.update(chunk);
          options.onBytes?.(chunk.length);
          if (options.signal?.aborted)
            throw new AppError('cancelled', 'Importing was cancelled; nothing was taken.');
        }),
        createWriteStream(target, { flags: 'wx', mode: 0o600 }),
      );
      if (hash.digest('hex') !== file.sha256) throw damaged(source, `${file.path} is not what was packed`);
    },
  };
}

/** The content of an entry, cut off by an error as soon as it is longer than it claims. */
async function* checkedChunks(
  source: ArchiveSource,
  zip: ZipReader,
  name: string,
  onChunk: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(name)!;
  let bytes = 0;
  try {
    for await (const chunk of (await zip.stream(entry)) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw damaged(source, `${name} is longer than it claims`);
      onChunk(chunk);
      yield chunk;
    }
  } catch (thrown) {
    const isOfZlib = thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
    throw isOfZlib ? damaged(source, `${name} cannot be unpacked`) : thrown;
  }
  if (bytes !== entry.bytes) throw damaged(source, `${name} ends too early`);
}

async function readWhole(
  source: ArchiveSource,
  zip: ZipReader,
  name: string,
  most = LARGEST_DOCUMENT_BYTES,
): Promise<Buffer> {
  const { bytes } = zip.entries.get(name)!;
  if (bytes > most) throw damaged(source, `${name} claims to have ${bytes} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of checkedChunks(source, zip, name, () => undefined)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseJson(source: ArchiveSource, name: string, text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw damaged(source, `${name} is no JSON`);
  }
}

function parseWith<T>(source: ArchiveSource, name: string, schema: Schema<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(source, `${name} does not hold what it should (${issue?.path.join('.')}: ${issue?.message})`);
}
