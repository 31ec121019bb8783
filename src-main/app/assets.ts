/**
 * Pictures that a window sends up or looks at: named by an id, so that no path of its own making reaches the disk.
 * Runs in the host. Ids: `image:<dataset>:<image id>` of an imported dataset, `thumbnail:<dataset>:<image id>` its small
 * copy, `upload:<uuid>` of a picture just sent, `made:<uuid>` of one that a worker drew to be looked at.
 * An upload lies in the data folder until it has been used, or until the application closes. Pictures of patients are in no file:
 * `held:<uuid>` and `case:<case>:<number>` are private-pictures.ts's.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../contract/errors.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { getPictureFile } from '../store/datasets.ts';
import type { AppContext } from './context.ts';
import { createPrivatePictures, type PrivatePictures } from './private-pictures.ts';
import type { Picture, Thumbnails } from './thumbnails.ts';
import { limited } from './upload-limit.ts';

/** An upload that is older was left behind by a process that could not tidy up. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;
const UPLOAD = 'upload:';
const MADE = 'made:';

export interface Assets {
  /**
   * Keeps a picture that a window sends. @returns its asset id.
   * @throws AppError `bad-input` (more than 64 MiB; nothing is kept), `disk-full`, `read-only`
   */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /**
   * The file of an asset; a thumbnail is made at need. @param signal aborted when nobody waits for it any more
   * @throws AppError `not-found`, `cancelled`
   */
  fileOf(id: string, signal?: AbortSignal): Promise<string>;
  /** Of patients, kept in memory or in the case store, never in a file of their own. */
  readonly privately: PrivatePictures;
  /** The folder for pictures that a worker makes for a window to look at. */
  workplace(): string;
  /** Lets windows look at pictures that were made there, in place of those before. @returns the asset id of each file */
  exhibit(files: readonly string[]): ReadonlyMap<string, string>;
  /** Hands `use` a file for each id (other texts stay as they are), then deletes the uploads among them. */
  lend<T>(ids: readonly string[], use: (files: string[]) => Promise<T>): Promise<T>;
  /** Deletes all uploads. */
  close(): void;
}

export function createAssets(
  { db, folder }: Pick<AppContext, 'db' | 'folder'>,
  thumbnails: Pick<Thumbnails, 'fileOf'>,
  privately: PrivatePictures = createPrivatePictures(),
): Assets {
  const uploads = join(folder.root, 'uploads');
  const received = new Map<string, string>();
  let exhibited: readonly string[] = [];
  deleteLeftBehind(uploads);

  const forget = (id: string) => {
    const file = received.get(id);
    received.delete(id);
    if (file) rmSync(file, { force: true });
  };

  const fileOf = async (id: string, signal?: AbortSignal): Promise<string> => {
    const [kind, dataset, ...imageId] = id.split(':');
    const isOfDataset = kind === 'image' || kind === 'thumbnail';
    const picture = isOfDataset ? pictureOf(db, Number(dataset), imageId.join(':')) : null;
    const small = picture && kind === 'thumbnail' ? await smallCopy(thumbnails, picture, signal) : null;
    const file = small ?? picture?.file ?? received.get(id);
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
    privately,
    workplace() {
      mkdirSync(uploads, { recursive: true });
      return uploads;
    },
    exhibit(files) {
      for (const id of exhibited) forget(id);
      const idOf = new Map(files.map((file) => [file, `${MADE}${randomUUID()}`]));
      for (const [file, id] of idOf) received.set(id, file);
      exhibited = [...idOf.values()];
      return idOf;
    },
    async lend(ids, use) {
      try {
        return await use(await Promise.all(ids.map((id) => (id.startsWith(UPLOAD) ? fileOf(id) : id))));
      } finally {
        for (const id of ids) forget(id);
      }
    },
    close() {
      for (const id of [...received.keys()]) forget(id);
      privately.clear();
    },
  };
}

/** A path out of the dataset's folder (a database that came from elsewhere) is no picture of it. */
function pictureOf(db: AppContext['db'], datasetId: number, imageId: string): Picture | null {
  const found = Number.isSafeInteger(datasetId) ? getPictureFile(db, datasetId, imageId) : null;
  if (!found) return null;
  const file = join(found.root, found.path);
  if (relative(found.root, file).split(sep)[0] === '..') return null;
  return { file, contentHash: found.contentHash };
}

/** Null when none can be made, on a full disk for instance: the picture itself then stands in for it. */
async function smallCopy(
  thumbnails: Pick<Thumbnails, 'fileOf'>,
  picture: Picture,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    return await thumbnails.fileOf(picture, signal);
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    return null;
  }
}

function deleteLeftBehind(uploads: string): void {
  if (!existsSync(uploads)) return;
  for (const name of readdirSync(uploads)) {
    const file = join(uploads, name);
    if (Date.now() - statSync(file).mtimeMs > LEFT_BEHIND_MS) rmSync(file, { force: true });
  }
}
