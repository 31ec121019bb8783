/**
 * Reads a zip archive by its central directory (PKWARE APPNOTE 6.3.10, without zip64 and encryption), so that what an entry
 * claims is known before a byte of it is unpacked. Runs in the host. Everything that does not fit is `corrupt`.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { AppError } from '../../contract/errors.ts';
import { LARGEST_ARCHIVE_BYTES, MOST_ENTRIES } from './names.ts';

export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

export interface ZipReader {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** The content as it was before it was packed. Errors are those of the stream. */
  stream(entry: ZipEntry): Promise<Readable>;
  close(): Promise<void>;
}

const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** A file as errors name it. */
export interface ArchiveSource {
  readonly path: string;
  /** What a person calls it: its path, or the name that it had where it came from. */
  readonly name: string;
  /** What it should be: "file of runs". */
  readonly kind: string;
}

export function damaged({ name, kind }: ArchiveSource, what: string): AppError {
  return new AppError(
    'corrupt',
    `The file ${name} is damaged or no ${kind}: ${what}. Nothing was taken from it; copy it again from where it came.`,
  );
}

/** @throws AppError `corrupt`; `not-found` and the like of the system */
export async function openZip(source: ArchiveSource): Promise<ZipReader> {
  const handle = await open(source.path, 'r');
  try {
    const entries = await readDirectory(handle, source);
    return {
      entries: new Map(entries.map((entry) => [entry.name, entry])),
      stream: (entry) => streamEntry(handle, source, entry),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function readDirectory(handle: FileHandle, source: ArchiveSource): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  if (size > LARGEST_ARCHIVE_BYTES) throw damaged(source, `it has ${size} bytes, more than 4 GB`);
  const tailBytes = Math.min(size, END_BYTES + 0xffff);
  const tail = await readAt(handle, source, size - tailBytes, tailBytes);
  const end = findEnd(tail);
  if (end === null) throw damaged(source, 'it has no list of contents (it may be cut off)');
  const count = tail.readUInt16LE(end + 10);
  const bytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES - 1 || offset + bytes > size - END_BYTES)
    throw damaged(source, 'its list of contents lies outside it');
  const entries = parseEntries(await readAt(handle, source, offset, bytes), count, source);
  if (new Set(entries.map(({ name }) => name)).size !== count)
    throw damaged(source, 'an entry is in it twice');
  return entries;
}

function findEnd(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  }
  return null;
}

function parseEntries(directory: Buffer, count: number, source: ArchiveSource): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw damaged(source, 'its list of contents is broken');
    const method = directory.readUInt16LE(at + 10);
    const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
    if (isEncrypted || (method !== STORED && method !== DEFLATED))
      throw damaged(source, 'it is packed in a way that Lesion Lab does not use');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      directory.readUInt16LE(at + field),
    ) as [number, number, number];
    const start = at + CENTRAL_BYTES;
    entries.push({
      name: directory.toString('utf8', start, start + nameBytes),
      isDeflated: method === DEFLATED,
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at = start + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

async function streamEntry(handle: FileHandle, source: ArchiveSource, entry: ZipEntry): Promise<Readable> {
  const header = await readAt(handle, source, entry.headerOffset, LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL) throw damaged(source, `${entry.name} is not where it should be`);
  const start = entry.headerOffset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.packedBytes === 0) return Readable.from([]);
  const packed = createReadStream(source.path, { start, end: start + entry.packedBytes - 1 });
  if (!entry.isDeflated) return packed;
  const inflate = createInflateRaw();
  packed.once('error', (error) => inflate.destroy(error));
  inflate.once('close', () => packed.destroy());
  return packed.pipe(inflate);
}

async function readAt(
  handle: FileHandle,
  source: ArchiveSource,
  position: number,
  length: number,
): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw damaged(source, 'it ends too early');
  return buffer;
}
