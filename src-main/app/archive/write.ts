/**
 * Packs files into one for another machine, sealed by a manifest with the hash of each. Runs in the host. Files are streamed, so that a model of any size takes little
 * memory; the archive is written beside its place and renamed, so that it is there whole or not at all.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { AppError } from '../../contract/errors.ts';
import { ARCHIVE_MANIFEST, ARCHIVE_SEAL, type ArchivedFile } from '../../contract/schema/archive.ts';
import { writeWholeFile } from '../whole-file.ts';

export interface ArchiveWriter {
  addText(path: string, text: string): Promise<void>;
  /** @returns SHA-256 of what was read, in hexadecimal. */
  addFile(path: string, file: string): Promise<string>;
  /**
   * Writes the manifest, and beside it what `besides` makes of its bytes, such as a signature.
   * @returns the size of the archive
   */
  finish(head: object, besides?: (manifest: Buffer) => ReadonlyMap<string, string>): Promise<number>;
}

/**
 * Hands `write` a writer, and puts the archive in its place once it is done.
 * @throws AppError `cancelled`, `disk-full`, `read-only`, `not-found` (the folder); nothing is left behind then
 */
export async function writeArchive<T>(
  path: string,
  write: (writer: ArchiveWriter) => Promise<T>,
  options: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<T> {
  return writeWholeFile(path, async (beside) => {
    const handle = await open(beside, 'wx', 0o600);
    try {
      const result = await write(createWriter(handle, options));
      await handle.sync();
      return result;
    } finally {
      await handle.close();
    }
  });
}

function createWriter(
  handle: FileHandle,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void },
): ArchiveWriter {
  const files: ArchivedFile[] = [];
  const waiting: Uint8Array[] = [];
  let written = 0;
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    waiting.push(chunk);
  });

  const flush = async () => {
    for (let chunk = waiting.shift(); chunk; chunk = waiting.shift()) {
      await handle.writeFile(chunk);
      written += chunk.length;
    }
    if (signal?.aborted) throw new AppError('cancelled', 'Packing was cancelled; no file was written.');
  };

  const add = async (path: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
    const isWeights = /\.(bin|safetensors|h5)$/.test(path);
    const entry = isWeights ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
    const hash = createHash('sha256');
    let bytes = 0;
    zip.add(entry);
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      entry.push(chunk);
      await flush();
      onBytes?.(chunk.length);
    }
    entry.push(new Uint8Array(0), true);
    await flush();
    return { path, bytes, sha256: hash.digest('hex') };
  };

  return {
    async addText(path, text) {
      files.push(await add(path, slices(Buffer.from(text))));
    },
    async addFile(path, file) {
      const added = await add(path, createReadStream(file));
      files.push(added);
      return added.sha256;
    },
    async finish(head, besides) {
      const bytes = Buffer.from(JSON.stringify({ ...head, files }));
      const manifest = await add(ARCHIVE_MANIFEST, slices(bytes));
      await add(ARCHIVE_SEAL, [Buffer.from(manifest.sha256)]);
      for (const [path, text] of besides?.(bytes) ?? []) await add(path, [Buffer.from(text)]);
      zip.end();
      await flush();
      return written;
    },
  };
}

const SLICE_BYTES = 2 ** 20;

/** A long text in pieces, between which the host answers others. */
function* slices(bytes: Buffer): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES)
    yield bytes.subarray(start, start + SLICE_BYTES);
}
