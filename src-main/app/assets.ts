/**
 * Pictures that a window sends up or looks at: named by an id, so that no path of its own making reaches the disk.
 * Runs in the host. Ids: `image:<dataset>:<image id>` of an imported dataset, `upload:<uuid>` of a picture just sent.
 * An upload lies in the data folder until it has been used, or until the application closes.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../contract/errors.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { getImagePath } from '../store/datasets.ts';
import type { AppContext } from './context.ts';

export const LARGEST_UPLOAD_BYTES = 64 * 1024 * 1024;
/** An upload that is older was left behind by a process that could not tidy up. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;
const UPLOAD = 'upload:';

export interface Assets {
  /**
   * Keeps a picture that a window sends. @returns its asset id.
   * @throws AppError `bad-input` (more than 64 MiB; nothing is kept), `disk-full`, `read-only`
   */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /** The file of an asset. @throws AppError `not-found` */
  fileOf(id: string): string;
  /** Hands `use` a file for each id (other texts stay as they are), then deletes the uploads among them. */
  lend<T>(ids: readonly string[], use: (files: string[]) => Promise<T>): Promise<T>;
  /** Deletes all uploads. */
  close(): void;
}

export function createAssets({ db, folder }: Pick<AppContext, 'db' | 'folder'>): Assets {
  const uploads = join(folder.root, 'uploads');
  const received = new Map<string, string>();
  deleteLeftBehind(uploads);

  const forget = (id: string) => {
    const file = received.get(id);
    received.delete(id);
    if (file) rmSync(file, { force: true });
  };

  const fileOf = (id: string): string => {
    const [kind, dataset, ...imageId] = id.split(':');
    const file = kind === 'image' ? imageFile(db, Number(dataset), imageId.join(':')) : received.get(id);
    if (file && existsSync(file)) return file;
    throw new AppError('not-found', `There is no picture "${id}" any more. Choose it again.`);
  };

  return {
    async receive(bytes) {
      const name = randomUUID();
      const file = join(uploads, name);
      try {
        mkdirSync(uploads, { recursive: true });
        await pipeline(Readable.from(limited(bytes)), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      } catch (thrown) {
        rmSync(file, { force: true });
        throw explainSystemError(thrown);
      }
      received.set(UPLOAD + name, file);
      return UPLOAD + name;
    },
    fileOf,
    async lend(ids, use) {
      try {
        return await use(ids.map((id) => (id.startsWith(UPLOAD) ? fileOf(id) : id)));
      } finally {
        for (const id of ids) forget(id);
      }
    },
    close() {
      for (const id of [...received.keys()]) forget(id);
    },
  };
}

/** A path out of the dataset's folder (a database that came from elsewhere) is no picture of it. */
function imageFile(db: AppContext['db'], datasetId: number, imageId: string): string | null {
  const found = Number.isSafeInteger(datasetId) ? getImagePath(db, datasetId, imageId) : null;
  if (!found) return null;
  const file = join(found.root, found.path);
  return relative(found.root, file).split(sep)[0] === '..' ? null : file;
}

async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > LARGEST_UPLOAD_BYTES) throw tooLarge();
    yield chunk;
  }
}

export function tooLarge(): AppError {
  return new AppError(
    'bad-input',
    `The picture is larger than ${LARGEST_UPLOAD_BYTES / 1024 ** 2} MiB. Nothing was kept; choose a smaller file.`,
  );
}

function deleteLeftBehind(uploads: string): void {
  if (!existsSync(uploads)) return;
  for (const name of readdirSync(uploads)) {
    const file = join(uploads, name);
    if (Date.now() - statSync(file).mtimeMs > LEFT_BEHIND_MS) rmSync(file, { force: true });
  }
}
