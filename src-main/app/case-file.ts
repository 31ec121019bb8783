/**
 * A file of cases that leaves the store: written beside a place of a person's choice and renamed, or answered as it is, without lying
 * anywhere in between. Runs in the host.
 */
import { open } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { AppError } from '../contract/errors.ts';
import type { CaseFile } from '../contract/schema/case-privacy.ts';
import { writeWholeFile } from './whole-file.ts';

/** More than this cannot go to a window in one piece. */
const LARGEST_ANSWER_BYTES = 128 * 1024 * 1024;
/** A zip archive without zip64. */
const LARGEST_ZIP_BYTES = 0xffff_0000;

export interface ZipMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Pictures are packed already. */
  readonly isPacked: boolean;
}

/** @throws AppError `bad-input` (too large, a place within the data folder), `disk-full`, `read-only`; nothing is left behind then */
export async function deliver(
  chunks: Iterable<Uint8Array>,
  {
    name,
    mediaType,
    path,
    dataFolder,
  }: { name: string; mediaType: string; path: string | null; dataFolder: string },
  signal?: AbortSignal,
): Promise<CaseFile> {
  if (path === null) {
    const content = gather(chunks);
    return { name, mediaType, path, content: content.toString('base64'), bytes: content.length };
  }
  refuseDataFolder(path, dataFolder);
  const bytes = await writeWholeFile(path, (beside) => write(beside, chunks, signal));
  return { name, mediaType, path, content: null, bytes };
}

/** A zip archive, as it is made. */
export function* zipOf(members: Iterable<ZipMember>): Generator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let total = 0;
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for (const { name, bytes, isPacked } of members) {
    total += bytes.length;
    if (total > LARGEST_ZIP_BYTES) {
      throw new AppError(
        'bad-input',
        'These pictures take more than 4 GB, which one zip cannot hold. Export fewer cases at once.',
      );
    }
    const entry = isPacked ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    zip.add(entry);
    entry.push(bytes, true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}

async function write(path: string, chunks: Iterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
  const handle = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      if (signal?.aborted) throw new AppError('cancelled', 'The export was cancelled; no file was written.');
      await handle.writeFile(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

function gather(chunks: Iterable<Uint8Array>): Buffer {
  const gathered: Uint8Array[] = [];
  let bytes = 0;
  for (const chunk of chunks) {
    gathered.push(chunk);
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER_BYTES) {
      throw new AppError(
        'bad-input',
        'The file would be larger than 128 MB, too much for a browser at once. Export fewer cases, or leave the pictures out.',
      );
    }
  }
  return Buffer.concat(gathered);
}

/** What lies in the data folder outside the store would outlast the deletion of its case. */
function refuseDataFolder(path: string, dataFolder: string): void {
  if (!isAbsolute(path)) {
    throw new AppError('bad-input', `The file needs a whole path; received "${path}".`);
  }
  const [first] = relative(dataFolder, resolve(path)).split(sep);
  if (first !== '..' && !isAbsolute(relative(dataFolder, path))) {
    throw new AppError(
      'bad-input',
      `${path} is within the data folder, where nothing of a case may lie outside its store. Choose another place.`,
    );
  }
}
