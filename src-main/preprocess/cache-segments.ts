/**
 * The pixel cache on disk: segments of decoded pictures, keyed by the hash of the file they came from. Runs in the worker.
 *
 * A segment is a pair of files, written beside and renamed, never changed afterwards: `<id>.pixels` (uint8 rows, one a
 * picture) and `<id>.json` (content hash and CRC-32 of every row), the latter written last. Several
 * processes may write at once: at worst a picture is stored twice. A segment with a row whose CRC does not match is not
 * used.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { asWriteError, writeFileWhole } from '../dataset/write-file.ts';

const PIXELS = '.pixels';
const INDEX = '.json';

interface SegmentIndex {
  readonly formatVersion: 1;
  readonly rowBytes: number;
  readonly contentHashes: string[];
  readonly checksums: number[];
}

/** Where a picture's row lies. */
export interface StoredRow {
  readonly segment: string;
  readonly row: number;
  readonly checksum: number;
}

/** Content hash → where its pixels are. A segment whose index cannot be read is left out. Makes the folder. */
export async function listStoredRows(folder: string, rowBytes: number): Promise<Map<string, StoredRow>> {
  const names = await mkdir(folder, { recursive: true })
    .then(() => readdir(folder))
    .catch((cause: unknown) => {
      throw asWriteError(folder, cause);
    });
  const stored = new Map<string, StoredRow>();
  for (const name of names.filter((candidate) => candidate.endsWith(INDEX)).sort()) {
    const index = await readIndex(join(folder, name));
    if (index === null || index.rowBytes !== rowBytes) continue;
    const segment = name.slice(0, -INDEX.length);
    index.contentHashes.forEach((contentHash, row) => {
      stored.set(contentHash, { segment, row, checksum: index.checksums[row]! });
    });
  }
  return stored;
}

export interface WantedRow {
  readonly from: StoredRow;
  /** Where the row's bytes go. */
  readonly into: Uint8Array;
}

/**
 * Fills every wanted row; returns those that could not be trusted: all of a segment that is missing, cut short or has
 * a damaged row among them. Such a segment is removed.
 */
export async function readRows(folder: string, wanted: readonly WantedRow[]): Promise<WantedRow[]> {
  const failed: WantedRow[] = [];
  for (const [segment, rows] of Map.groupBy(wanted, ({ from }) => from.segment)) {
    if (await readSegment(join(folder, segment + PIXELS), rows)) continue;
    await removeSegment(folder, segment);
    failed.push(...rows);
  }
  return failed;
}

/** Stores rows as one segment. Throws `read-only` or `disk-full`, leaving nothing behind. */
export async function writeSegment(
  folder: string,
  rows: readonly { contentHash: string; pixels: Uint8Array }[],
): Promise<void> {
  const path = join(folder, randomBytes(8).toString('hex'));
  const index: SegmentIndex = {
    formatVersion: 1,
    rowBytes: rows[0]!.pixels.length,
    contentHashes: rows.map(({ contentHash }) => contentHash),
    checksums: rows.map(({ pixels }) => crc32(pixels)),
  };
  await writeFileWhole(
    path + PIXELS,
    rows.map(({ pixels }) => pixels),
  );
  try {
    await writeFileWhole(path + INDEX, [JSON.stringify(index)]);
  } catch (error) {
    await rm(path + PIXELS, { force: true });
    throw error;
  }
}

async function readIndex(path: string): Promise<SegmentIndex | null> {
  try {
    const index = JSON.parse(await readFile(path, 'utf8')) as Partial<SegmentIndex> | null;
    const isWhole =
      index?.formatVersion === 1 &&
      Array.isArray(index.contentHashes) &&
      Array.isArray(index.checksums) &&
      index.contentHashes.length === index.checksums.length;
    return isWhole ? (index as SegmentIndex) : null;
  } catch {
    return null;
  }
}

async function readSegment(path: string, rows: readonly WantedRow[]): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return false;
  }
  try {
    for (const { into, from } of rows) {
      const { bytesRead } = await file.read(into, 0, into.length, from.row * into.length);
      if (bytesRead !== into.length || crc32(into) !== from.checksum) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

/** The index goes first: without it nobody looks for the pixels. A read-only cache keeps the segment, unused. */
async function removeSegment(folder: string, segment: string): Promise<void> {
  await rm(join(folder, segment + INDEX), { force: true }).catch(() => undefined);
  await rm(join(folder, segment + PIXELS), { force: true }).catch(() => undefined);
}
