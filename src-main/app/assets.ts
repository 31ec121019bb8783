/**
 * Pictures that a window looks at: named by an id, so that no path of its own making reaches the disk.
 * Runs in the host. Ids: `image:<dataset>:<image id>` of an imported dataset, `thumbnail:<dataset>:<image id>` its small
 * copy, `made:<uuid>` of one that a worker drew to be looked at.
 * What a worker drew lies in the data folder until others take its place, or until the application closes. Pictures of patients are
 * in no file: `held:<uuid>` and `case:<case>:<number>` are private-pictures.ts's.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { getPictureFile } from '../store/datasets.ts';
import type { AppContext } from './context.ts';
import { createPrivatePictures, type PrivatePictures } from './private-pictures.ts';
import { removeLeftBehind } from './run-transfers.ts';
import type { Picture, Thumbnails } from './thumbnails.ts';

const MADE = 'made:';

export interface Assets {
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
  /** Deletes what was made, and lets go of what is private. */
  close(): void;
}

export function createAssets(
  { db, folder }: Pick<AppContext, 'db' | 'folder'>,
  thumbnails: Pick<Thumbnails, 'fileOf'>,
  privately: PrivatePictures = createPrivatePictures(),
): Assets {
  const workplace = join(folder.root, 'made-pictures');
  let exhibited: ReadonlyMap<string, string> = new Map();
  removeLeftBehind(workplace);

  const clear = () => {
    for (const file of exhibited.values()) rmSync(file, { force: true });
    exhibited = new Map();
  };

  const fileOf = async (id: string, signal?: AbortSignal): Promise<string> => {
    const [kind, dataset, ...imageId] = id.split(':');
    const isOfDataset = kind === 'image' || kind === 'thumbnail';
    const picture = isOfDataset ? pictureOf(db, Number(dataset), imageId.join(':')) : null;
    const small = picture && kind === 'thumbnail' ? await smallCopy(thumbnails, picture, signal) : null;
    const file = small ?? picture?.file ?? exhibited.get(id);
    if (file && existsSync(file)) return file;
    throw new AppError('not-found', `There is no picture "${id}" any more. Choose it again.`);
  };

  return {
    fileOf,
    privately,
    workplace() {
      mkdirSync(workplace, { recursive: true });
      return workplace;
    },
    exhibit(files) {
      clear();
      const idOf = new Map(files.map((file) => [file, `${MADE}${randomUUID()}`]));
      exhibited = new Map([...idOf].map(([file, id]) => [id, file]));
      return idOf;
    },
    close() {
      clear();
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
