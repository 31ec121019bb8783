/**
 * Reads a zip archive by its central directory (PKWARE APPNOTE 6.3.10, without zip64 and encryption), so that what an entry
 * claims is known before a byte of it is unpacked. Runs in the host. Everything that does not fit is `corrupt`.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { AppError } from '../contract/errors.ts';
import { LARGEST_ARCHIVE_BYTES, MOST_ENTRIES } from './run-archive-paths.ts';

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

export function damaged(path: string, what: string): AppError {
  return new AppError(
    'corrupt',
    `The file ${path} is damaged or no file of runs: ${what}. Nothing was taken from it; copy it again from where it came.`,
  );
}

/** @throws AppError `corrupt`; `not-found` and the like of the system */
export async function openZip(path: string): Promise<ZipReader> {
  const handle = await open(path, 'r');
  try {
    const entries = await readDirectory(handle, path);
    return {
      entries: new Map(entries.map((entry) => [entry.name, entry])),
      stream: (entry) => streamEntry(handle, path, entry),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function readDirectory(handle: FileHandle, path: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  if (size > LARGEST_ARCHIVE_BYTES) throw damaged(path, `it has ${size} bytes, more than 4 GB`);
  const tailBytes = Math.min(size, END_BYTES + 0xffff);
  const tail = await readAt(handle, path, size - tailBytes, tailBytes);
  const end = findEnd(tail);
  if (end === null) throw damaged(path, 'it has no list of contents (it may be cut off)');
  const count = tail.readUInt16LE(end + 10);
  const bytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES - 1 || offset + bytes > size - END_BYTES)
    throw damaged(path, 'its list of contents lies outside it');
  const entries = parseEntries(await readAt(handle, path, offset, bytes), count, path);
  if (new Set(entries.map(({ name }) => name)).size !== count) throw damaged(path, 'an entry is in it twice');
  return entries;
}

function findEnd(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  }
  return null;
}

function parseEntries(directory: Buffer, count: number, path: string): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw damaged(path, 'its list of contents is broken');
    const method = directory.readUInt16LE(at + 10);
    const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
    if (isEncrypted || (method !== STORED && method !== DEFLATED))
      throw damaged(path, 'it is packed in a way that Lesion Lab does not use');
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

async function streamEntry(handle: FileHandle, path: string, entry: ZipEntry): Promise<Readable> {
  const header = await readAt(handle, path, entry.headerOffset, LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL) throw damaged(path, `${entry.name} is not where it should be`);
  const start = entry.headerOffset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.packedBytes === 0) return Readable.from([]);
  const packed = createReadStream(path, { start, end: start + entry.packedBytes - 1 });
  if (!entry.isDeflated) return packed;
  const inflate = createInflateRaw();
  packed.once('error', (error) => inflate.destroy(error));
  inflate.once('close', () => packed.destroy());
  return packed.pipe(inflate);
}

async function readAt(handle: FileHandle, path: string, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw damaged(path, 'it ends too early');
  return buffer;
}
