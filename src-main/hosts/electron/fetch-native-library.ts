/**
 * TensorFlow's library for the packaged product, which ships without it (0.8 GB): out of TensorFlow's own Python wheel, as set-up
 * takes it in a checkout. Runs in the main process.
 * Guarantees: what is kept has the pinned sha256; it is made beside its place and renamed, so that a start that was broken off leaves
 * nothing that counts.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';
import { AppError } from '../../contract/errors.ts';

/** One wheel of resources/native-library.json. */
export interface PinnedWheel {
  readonly package: string;
  readonly file: string;
  readonly sha256: string;
  readonly megabytes: number;
}

export interface FetchOptions {
  readonly wheel: PinnedWheel;
  /** The addon that ships with the product. */
  readonly addon: string;
  /** Where the library shall be, as native-library.ts looks for it. */
  readonly folder: string;
  /** A wheel that a person carried here; null: it is downloaded. */
  readonly given: string | null;
  /** The Python package index (PEP 691). */
  readonly index?: string;
  /** Told how much of the work is done, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

const INDEX = 'https://pypi.org/simple';
const LIBRARY = /^tensorflow\/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib)|THIRD_PARTY_NOTICES\.txt)$/;
/** Unpacking is the rest of the work. */
const DOWNLOAD_SHARE = 0.8;

/** @throws AppError `corrupt` (another file than the pinned one), `not-found`, `missing-component` (no answer) */
export async function fetchNativeLibrary(options: FetchOptions): Promise<void> {
  const { wheel, folder, onProgress } = options;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'deps', 'lib'), { recursive: true });
  try {
    const given = options.given ?? (await download(options, join(partial, wheel.file)));
    if ((await hashOf(given)) !== wheel.sha256) throw notThePinned(given, wheel);
    await unpack(given, join(partial, 'deps', 'lib'), (share) =>
      onProgress(DOWNLOAD_SHARE + share * (1 - DOWNLOAD_SHARE)),
    );
    const addon = join(partial, 'lib', 'napi-v8', basename(options.addon));
    mkdirSync(dirname(addon), { recursive: true });
    copyFileSync(options.addon, addon);
    rmSync(join(partial, wheel.file), { force: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function download({ wheel, index = INDEX, onProgress }: FetchOptions, file: string): Promise<string> {
  const listing = await ask(`${index}/${wheel.package}/`, { Accept: 'application/vnd.pypi.simple.v1+json' });
  const { files } = (await listing.json()) as { files: { filename: string; url: string }[] };
  const found = files.find(({ filename }) => filename === wheel.file);
  if (!found) throw new AppError('not-found', `${index} has no ${wheel.file}. ${OTHER_WAY}`);
  const reply = await ask(new URL(found.url, `${index}/${wheel.package}/`).href, {});
  const total = Number(reply.headers.get('content-length')) || wheel.megabytes * 1e6;
  let done = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      onProgress(Math.min(1, done / total) * DOWNLOAD_SHARE);
      next(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(reply.body as ReadableStream), count, createWriteStream(file));
  return file;
}

const OTHER_WAY = 'Download the file on another computer and choose it here.';

async function ask(address: string, headers: Record<string, string>): Promise<Response> {
  const reply = await fetch(address, { headers }).catch((cause) => {
    throw new AppError('missing-component', `${address} does not answer. ${OTHER_WAY}`, { cause });
  });
  if (reply.ok) return reply;
  throw new AppError('missing-component', `${address} answered with HTTP ${reply.status}. ${OTHER_WAY}`);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function notThePinned(file: string, wheel: PinnedWheel): AppError {
  return new AppError(
    'corrupt',
    `${basename(file)} is not the file that this version of Lesion Lab was made with (${wheel.file}). Nothing was kept.`,
  );
}

/** A wheel is a zip file; the shared libraries and their notices are taken out of it. */
async function unpack(wheel: string, target: string, onProgress: (share: number) => void): Promise<void> {
  const { size } = statSync(wheel);
  const unzip = new Unzip((entry) => {
    const [, name] = LIBRARY.exec(entry.name) ?? [];
    if (name) writeEntry(entry, join(target, name));
  });
  unzip.register(UnzipInflate);
  let done = 0;
  for await (const chunk of createReadStream(wheel)) {
    done += chunk.length;
    unzip.push(chunk, done === size);
    onProgress(done / size);
  }
}

function writeEntry(entry: UnzipFile, path: string): void {
  const file = openSync(path, 'w', 0o755);
  entry.ondata = (error, content, isLast) => {
    if (error) closeSync(file);
    if (error) throw error;
    writeSync(file, content);
    if (isLast) closeSync(file);
  };
  entry.start();
}
