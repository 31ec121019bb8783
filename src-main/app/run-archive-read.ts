/**
 * A file of runs, opened and checked. Runs in the host. Guarantees: only names that the sealed manifest lists are read, none of
 * them leads out of a folder, nothing is longer than it claims, and what is handed out has the hash that was packed.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../contract/errors.ts';
import {
  ARCHIVE_MANIFEST,
  ARCHIVE_SEAL,
  ARCHIVE_VERSION,
  ArchivedDataset,
  ArchivedRun,
  ArchiveHead,
  ArchiveManifest,
} from '../contract/schema/run-archive.ts';
import {
  datasetDocument,
  LARGEST_ARCHIVE_BYTES,
  LARGEST_DOCUMENT_BYTES,
  requireSafePath,
  runDocument,
  runFiles,
} from './run-archive-paths.ts';
import { damaged, openZip, type ZipReader } from './run-archive-zip.ts';

export interface RunArchive {
  readonly manifest: ArchiveManifest;
  /** @param number from 1 */
  readRun(number: number): Promise<ArchivedRun>;
  readDataset(hash: string): Promise<ArchivedDataset>;
  /** Bytes of all files of all runs. */
  readonly fileBytes: number;
  /** Writes a run's files into a folder, each checked by its hash as it is written. */
  extractFiles(number: number, folder: string): Promise<void>;
  close(): Promise<void>;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

type ArchiveFile = ArchiveManifest['files'][number];

/** As the contract's schemas are. */
interface Schema<T> {
  safeParse(
    json: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** @throws AppError `corrupt`, `newer-version`, `bad-input` (another kind of file), `not-found` */
export async function openArchive(path: string, options: ReadOptions = {}): Promise<RunArchive> {
  const zip = await openZip(path);
  try {
    const manifest = await readManifest(path, zip);
    const read = createReader(path, zip, manifest, options);
    const isFile = ({ path: name }: ArchiveFile) => /^runs\/\d+\/files\//.test(name);
    return {
      manifest,
      fileBytes: manifest.files.filter(isFile).reduce((sum, { bytes }) => sum + bytes, 0),
      readRun: (number) => read.document(runDocument(number), ArchivedRun),
      readDataset: (hash) => read.document(datasetDocument(hash), ArchivedDataset),
      async extractFiles(number, folder) {
        const prefix = runFiles(number);
        for (const file of manifest.files) {
          if (file.path.startsWith(prefix))
            await read.extract(file, join(folder, file.path.slice(prefix.length)));
        }
      },
      close: () => zip.close(),
    };
  } catch (thrown) {
    await zip.close();
    throw thrown;
  }
}

async function readManifest(path: string, zip: ZipReader): Promise<ArchiveManifest> {
  const entry = zip.entries.get(ARCHIVE_MANIFEST);
  const seal = zip.entries.get(ARCHIVE_SEAL);
  if (!entry || !seal) {
    throw new AppError(
      'bad-input',
      `${path} is a zip file, but none of Lesion Lab's runs: it has no ${ARCHIVE_MANIFEST}. Choose a file that "lab runs pack" or History made.`,
    );
  }
  const text = await readWhole(path, zip, ARCHIVE_MANIFEST);
  const sealed = (await readWhole(path, zip, ARCHIVE_SEAL)).toString('latin1').trim();
  if (createHash('sha256').update(text).digest('hex') !== sealed)
    throw damaged(path, 'its manifest is not what was packed');
  const json = parseJson(path, ARCHIVE_MANIFEST, text);
  const head = ArchiveHead.safeParse(json);
  if (!head.success) throw damaged(path, `${ARCHIVE_MANIFEST} is not that of a file of runs`);
  if (head.data.formatVersion > ARCHIVE_VERSION) {
    throw new AppError(
      'newer-version',
      `${path} was made by a newer Lesion Lab (format ${head.data.formatVersion}; this one reads up to ${ARCHIVE_VERSION}). Nothing was taken from it. Update Lesion Lab, then try again.`,
    );
  }
  const manifest = parseWith(path, ARCHIVE_MANIFEST, ArchiveManifest, json);
  for (const file of manifest.files) requireSafePath(file.path);
  requireSameContents(path, zip, manifest);
  return manifest;
}

/** What is in the archive is what the manifest lists, with the sizes that it lists. */
function requireSameContents(path: string, zip: ZipReader, { files }: ArchiveManifest): void {
  for (const { path: name, bytes } of files) {
    if (zip.entries.get(name)?.bytes !== bytes) throw damaged(path, `${name} is missing or has another size`);
  }
  const listed = new Set([...files.map((file) => file.path), ARCHIVE_MANIFEST, ARCHIVE_SEAL]);
  if (listed.size !== files.length + 2) throw damaged(path, 'its manifest names a file twice');
  const extra = [...zip.entries.keys()].find((name) => !listed.has(name));
  if (extra !== undefined)
    throw damaged(path, `it holds ${JSON.stringify(extra)}, which its manifest does not list`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > LARGEST_ARCHIVE_BYTES)
    throw damaged(path, `it claims to unpack to ${total} bytes, more than 4 GB`);
}

function createReader(path: string, zip: ZipReader, manifest: ArchiveManifest, options: ReadOptions) {
  const fileOf = (name: string): ArchiveFile => {
    const file = manifest.files.find((candidate) => candidate.path === name);
    if (!file) throw damaged(path, `${name} is missing`);
    return file;
  };
  return {
    async document<T>(name: string, schema: Schema<T>): Promise<T> {
      const file = fileOf(name);
      const text = await readWhole(path, zip, name);
      if (createHash('sha256').update(text).digest('hex') !== file.sha256)
        throw damaged(path, `${name} is not what was packed`);
      return parseWith(path, name, schema, parseJson(path, name, text));
    },
    async extract(file: ArchiveFile, target: string): Promise<void> {
      await mkdir(dirname(target), { recursive: true });
      const hash = createHash('sha256');
      await pipeline(
        checkedChunks(path, zip, file.path, (chunk) => {
          hash.update(chunk);
          options.onBytes?.(chunk.length);
          if (options.signal?.aborted)
            throw new AppError('cancelled', 'Importing was cancelled; nothing was taken.');
        }),
        createWriteStream(target, { flags: 'wx', mode: 0o600 }),
      );
      if (hash.digest('hex') !== file.sha256) throw damaged(path, `${file.path} is not what was packed`);
    },
  };
}

/** The content of an entry, cut off by an error as soon as it is longer than it claims. */
async function* checkedChunks(
  path: string,
  zip: ZipReader,
  name: string,
  onChunk: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(name)!;
  let bytes = 0;
  try {
    for await (const chunk of (await zip.stream(entry)) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw damaged(path, `${name} is longer than it claims`);
      onChunk(chunk);
      yield chunk;
    }
  } catch (thrown) {
    const isOfZlib = thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
    throw isOfZlib ? damaged(path, `${name} cannot be unpacked`) : thrown;
  }
  if (bytes !== entry.bytes) throw damaged(path, `${name} ends too early`);
}

async function readWhole(path: string, zip: ZipReader, name: string): Promise<Buffer> {
  const { bytes } = zip.entries.get(name)!;
  if (bytes > LARGEST_DOCUMENT_BYTES) throw damaged(path, `${name} claims to have ${bytes} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of checkedChunks(path, zip, name, () => undefined)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseJson(path: string, name: string, text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw damaged(path, `${name} is no JSON`);
  }
}

function parseWith<T>(path: string, name: string, schema: Schema<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(path, `${name} does not hold what it should (${issue?.path.join('.')}: ${issue?.message})`);
}
