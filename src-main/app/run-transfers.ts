/**
 * Files of runs and of models on their way through a browser: one that a window sends up, one that it is about to download. Runs in
 * the host.
 * Both lie in the data folder until they have been used, or until the application closes.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../contract/errors.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { LARGEST_ARCHIVE_BYTES } from './archive/names.ts';

export interface RunTransfers {
  /**
   * Keeps a file that a window sends. @returns its asset id
   * @throws AppError `bad-input` (larger than any archive; nothing is kept), `disk-full`, `read-only`
   */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /** A place for a file that a window will download, with the asset id that names it. */
  reserve(name: string): { readonly asset: string; readonly path: string };
  /** @throws AppError `not-found` */
  fileOf(asset: string): { readonly path: string; readonly name: string };
  /** Whether a text is the asset id of a file here, rather than a path. */
  isAsset(text: string): boolean;
  forget(asset: string): void;
  /** Deletes all that was not used. */
  close(): void;
}

const PREFIX = 'runs:';
/** What is older was left behind by a process that could not tidy up. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;

export function createRunTransfers(dataFolder: string): RunTransfers {
  const folder = join(dataFolder, 'transfers');
  const known = new Map<string, { path: string; name: string }>();
  removeLeftBehind(folder);

  const reserve = (name: string) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const asset = PREFIX + randomUUID();
    const path = join(folder, `${asset.slice(PREFIX.length)}.zip`);
    known.set(asset, { path, name });
    return { asset, path };
  };

  const forget = (asset: string) => {
    const file = known.get(asset);
    known.delete(asset);
    if (file) rmSync(file.path, { force: true });
  };

  return {
    reserve,
    forget,
    async receive(bytes) {
      const { asset, path } = reserve('upload.zip');
      try {
        await pipeline(Readable.from(limited(bytes)), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
        return asset;
      } catch (thrown) {
        forget(asset);
        throw explainSystemError(thrown);
      }
    },
    fileOf(asset) {
      const file = known.get(asset);
      if (file && existsSync(file.path)) return file;
      throw new AppError('not-found', 'This file is not there any more. Choose or make it again.');
    },
    isAsset: (text) => text.startsWith(PREFIX),
    close() {
      for (const asset of [...known.keys()]) forget(asset);
    },
  };
}

async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > LARGEST_ARCHIVE_BYTES) {
      throw new AppError(
        'bad-input',
        'The file is larger than 4 GB, which no file of runs and no released model is. Nothing was kept.',
      );
    }
    yield chunk;
  }
}

/** Deletes what lies in a folder since yesterday or longer; a younger file may be another process's. */
export function removeLeftBehind(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const left = join(folder, name);
    const { mtimeMs } = statSync(left, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > LEFT_BEHIND_MS) rmSync(left, { recursive: true, force: true });
  }
}
