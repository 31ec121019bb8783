/**
 * Takes runs out of a file that another machine packed. Runs in the host. All of the file is checked before anything is
 * remembered: either all its runs are in the history afterwards, or none.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { UnpackedRuns } from '../contract/schema/history.ts';
import type { ArchivedDataset, ArchivedRun } from '../contract/schema/run-archive.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { getDataset } from '../store/datasets.ts';
import {
  findDatasetByHash,
  findRunByUid,
  insertAbsentDataset,
  insertCarriedRun,
} from '../store/run-archive.ts';
import type { ReadOptions } from './archive/read.ts';
import { type AppContext, now } from './context.ts';
import { runFolder } from './paths.ts';
import { openArchive, type RunArchive } from './run-archive-read.ts';
import { isFinal } from './run-lifecycle.ts';
import { removeLeftBehind } from './run-transfers.ts';
import { tellChanged } from './train-run.ts';

interface CarriedRun {
  readonly archived: ArchivedRun;
  /** Where its files lie until it has a number here. */
  readonly files: string;
}

/**
 * @param skipExisting leaves out runs that are here already, in place of refusing the file
 * @param onBytes told how much of how much is unpacked
 * @throws AppError `corrupt`, `newer-version`, `bad-input`, `conflict` (runs are here already), `cancelled`, `disk-full`, …
 */
export async function unpackRuns(
  context: AppContext,
  { path, skipExisting }: { path: string; skipExisting: boolean },
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (done: number, total: number) => void } = {},
): Promise<UnpackedRuns> {
  const unpacking = join(context.folder.root, 'unpacking');
  const folder = join(unpacking, randomUUID());
  let archive: RunArchive | null = null;
  try {
    removeLeftBehind(unpacking);
    let done = 0;
    const read: ReadOptions = {
      signal,
      onBytes(more) {
        done += more;
        onBytes?.(done, archive?.fileBytes ?? done);
      },
    };
    archive = await openArchive(path, read);
    const skipped = existingRuns(context, archive, { path, skipExisting });
    await requireRoom(context, archive.fileBytes);
    const carried = await extractRuns(archive, folder, skipped);
    const datasets = await readDatasets(context, archive, carried);
    return remember(context, carried, { datasets, skipped: skipped.map(({ name }) => name) });
  } catch (thrown) {
    throw explainSystemError(thrown);
  } finally {
    await archive?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function existingRuns(
  { db }: AppContext,
  { manifest }: RunArchive,
  { path, skipExisting }: { path: string; skipExisting: boolean },
) {
  const existing = manifest.runs.flatMap(({ uid, name }) => {
    const id = findRunByUid(db, uid);
    return id === null ? [] : [{ uid, name, id }];
  });
  if (existing.length === 0 || (skipExisting && existing.length < manifest.runs.length)) return existing;
  const listed = existing.slice(0, 10).map(({ id, name }) => `run ${id} (${name})`);
  const others = manifest.runs.length - existing.length;
  throw new AppError(
    'conflict',
    `${existing.length === 1 ? 'A run' : `${existing.length} runs`} of ${path} ${existing.length === 1 ? 'is' : 'are'} here already: ${listed.join(', ')}${existing.length > 10 ? ', …' : ''}. Nothing was taken from it${others > 0 ? `; the other ${others} can be taken alone` : ''}.`,
    { details: { existing: existing.map(({ id }) => id), others } },
  );
}

async function extractRuns(
  archive: RunArchive,
  folder: string,
  skipped: readonly { uid: string }[],
): Promise<CarriedRun[]> {
  const leftOut = new Set(skipped.map(({ uid }) => uid));
  const carried: CarriedRun[] = [];
  for (const [index, { uid }] of archive.manifest.runs.entries()) {
    if (leftOut.has(uid)) continue;
    const archived = await archive.readRun(index + 1);
    if (archived.uid !== uid || !isFinal(archived.run.status)) {
      throw new AppError(
        'corrupt',
        `The file says of run "${archived.run.name}" what Lesion Lab never writes. Nothing was taken from it.`,
      );
    }
    const files = join(folder, String(index + 1));
    await mkdir(files, { recursive: true, mode: 0o700 });
    await archive.extractFiles(index + 1, files);
    carried.push({ archived, files });
  }
  return carried;
}

/** Descriptions of the datasets that these runs need and that are not known here, by hash. */
async function readDatasets(
  { db }: AppContext,
  archive: RunArchive,
  carried: readonly CarriedRun[],
): Promise<Map<string, ArchivedDataset>> {
  const hashes = carried.flatMap(({ archived: { run, evaluations } }) => [
    run.datasetHash,
    ...evaluations.map(({ datasetHash }) => datasetHash),
  ]);
  const missing = [...new Set(hashes)].filter((hash) => findDatasetByHash(db, hash) === null);
  const described = new Map<string, ArchivedDataset>();
  for (const hash of missing) {
    const dataset = await archive.readDataset(hash);
    if (dataset.hash !== hash)
      throw new AppError('corrupt', `The file describes another dataset than its runs were made on.`);
    described.set(hash, dataset);
  }
  return described;
}

/** One transaction; a folder that was moved already goes again with it. */
function remember(
  context: AppContext,
  carried: readonly CarriedRun[],
  { datasets, skipped }: { datasets: ReadonlyMap<string, ArchivedDataset>; skipped: string[] },
): UnpackedRuns {
  const { db, folder } = context;
  const moved: string[] = [];
  const result: UnpackedRuns = { runs: [], skipped, absentDatasets: [] };
  try {
    db.transaction(() => {
      for (const [hash, dataset] of datasets) {
        const root = join(folder.root, 'absent', hash);
        const id = insertAbsentDataset(db, { ...dataset, root }, now());
        result.absentDatasets.push(getDataset(db, id).name);
      }
      for (const { archived, files } of carried) {
        const id = insertCarriedRun(db, archived, (hash) => findDatasetByHash(db, hash)!);
        const target = runFolder(folder, id);
        if (existsSync(target)) throw new AppError('conflict', `${target} is in the way; move it elsewhere.`);
        renameSync(files, target);
        moved.push(target);
        result.runs.push({ id, name: archived.run.name });
      }
    }).immediate();
  } catch (thrown) {
    for (const target of moved) rmSync(target, { recursive: true, force: true });
    throw thrown;
  }
  if (datasets.size > 0) context.emit('dataset.changed', {});
  for (const { id } of result.runs) tellChanged(context, id);
  return result;
}

async function requireRoom({ folder }: AppContext, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder.root);
  if (bytes < bavail * bsize) return;
  throw new AppError(
    'disk-full',
    `The runs take ${(bytes / 1e9).toFixed(1)} GB and the disk of ${folder.root} has ${((bavail * bsize) / 1e9).toFixed(1)} GB left. Nothing was taken. Free some space, then try again.`,
  );
}
