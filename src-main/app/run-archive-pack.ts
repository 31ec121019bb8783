/** Gathers all that is known of runs, and packs it with their files. Runs in the host. */
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { PackedRuns } from '../contract/schema/history.ts';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchivedDataset,
  type ArchivedRun,
} from '../contract/schema/run-archive.ts';
import { listArtifacts } from '../store/artifacts.ts';
import { getDataset, getManifest } from '../store/datasets.ts';
import { listEpochs } from '../store/epochs.ts';
import { getReport, listEvaluations, listPredictionParts, listPredictions } from '../store/evaluations.ts';
import { getRunUid } from '../store/run-archive.ts';
import { getRun } from '../store/runs.ts';
import { getRunSplit } from '../store/splits.ts';
import { LARGEST_ARCHIVE_BYTES } from './archive/names.ts';
import { writeArchive } from './archive/write.ts';
import { type AppContext, now } from './context.ts';
import { runFolder } from './paths.ts';
import { datasetDocument, runDocument, runFiles } from './run-archive-paths.ts';

import { isFinal } from './run-lifecycle.ts';

type HistoryFolder = Pick<AppContext, 'db' | 'folder'>;

interface RunFile {
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

/**
 * Packs runs that have ended into a file at `path`, which must not be there yet.
 * @param onBytes told how much of how much is packed
 * @throws AppError `not-found`, `conflict` (a run has not ended, the file is there), `bad-input` (too large), `corrupt` (a
 * run's file is not what was saved), `cancelled`, `disk-full`, `read-only`
 */
export async function packRuns(
  context: HistoryFolder,
  { ids, path, appVersion }: { ids: readonly number[]; path: string; appVersion: string },
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (done: number, total: number) => void } = {},
): Promise<Omit<PackedRuns, 'asset'>> {
  const chosen = [...new Set(ids)];
  const files = await Promise.all(chosen.map((id) => filesOf(context, id)));
  const total = files.flat().reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > LARGEST_ARCHIVE_BYTES) {
    throw new AppError(
      'bad-input',
      `These ${chosen.length} runs take ${(total / 1e9).toFixed(1)} GB, more than the 4 GB that one file can hold. Pack fewer at a time.`,
    );
  }
  await requireFree(path);
  let done = 0;
  const count = (more: number) => {
    done += more;
    onBytes?.(Math.min(done, total), total);
  };
  const bytes = await writeArchive(
    path,
    async (writer) => {
      const runs = chosen.map((id) => describe(context, id));
      for (const [index, run] of runs.entries()) {
        await writer.addText(runDocument(index + 1), JSON.stringify(run));
        for (const { path: name, file } of files[index]!) {
          const sha256 = await writer.addFile(runFiles(index + 1) + name, file);
          requireAsSaved(run, name, sha256);
        }
      }
      for (const dataset of datasetsOf(context, chosen)) {
        await writer.addText(datasetDocument(dataset.hash), JSON.stringify(dataset));
      }
      return writer.finish({
        format: ARCHIVE_FORMAT,
        formatVersion: ARCHIVE_VERSION,
        appVersion,
        createdAt: now(),
        runs: runs.map(({ uid, run }) => ({ uid, name: run.name })),
      });
    },
    { signal, onBytes: count },
  );
  return { path, bytes, runs: chosen };
}

function describe({ db }: HistoryFolder, id: number): ArchivedRun {
  const run = getRun(db, id);
  return {
    uid: getRunUid(db, id),
    run,
    dataset: { ...getDataset(db, run.datasetId), root: '' },
    epochs: listEpochs(db, id),
    split: getRunSplit(db, id),
    artifacts: listArtifacts(db, id),
    evaluations: listEvaluations(db, id)
      .reverse()
      .map(({ id: evaluation, source, datasetId, createdAt }) => ({
        source,
        datasetHash: source === 'training' ? run.datasetHash : getDataset(db, datasetId).hash,
        createdAt,
        report: getReport(db, evaluation),
        predictions: listPredictionParts(db, evaluation).map((part) => ({
          part,
          predictions: listPredictions(db, evaluation, part),
        })),
      })),
  };
}

/** Each once, by content; without the place on this disk and without what is known of patients. */
function datasetsOf({ db }: HistoryFolder, runs: readonly number[]): ArchivedDataset[] {
  const ids = runs.flatMap((id) => [
    getRun(db, id).datasetId,
    ...listEvaluations(db, id).map(({ datasetId }) => datasetId),
  ]);
  const manifests = [...new Set(ids)].map((id) => getManifest(db, id));
  const byHash = new Map(manifests.map((manifest) => [manifest.hash, manifest]));
  return [...byHash.values()].map((manifest) => ({
    ...manifest,
    root: '',
    images: manifest.images.map((image) => ({
      ...image,
      ageYears: null,
      sex: null,
      site: null,
      dxType: null,
    })),
  }));
}

async function filesOf({ db, folder }: HistoryFolder, id: number): Promise<RunFile[]> {
  const { status } = getRun(db, id);
  if (!isFinal(status)) {
    throw new AppError('conflict', `Run ${id} is ${status}. Pack it when it has ended, or stop it first.`);
  }
  const root = runFolder(folder, id);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = files.map((file) => ({ file, path: relative(root, file).split(sep).join('/') }));
  const kept = named.filter(({ path }) => !/\.(tmp|old)(\/|$)/.test(path));
  return Promise.all(kept.map(async (entry) => ({ ...entry, bytes: (await lstat(entry.file)).size })));
}

function requireAsSaved({ run, artifacts }: ArchivedRun, path: string, sha256: string): void {
  const saved = artifacts.find((artifact) => artifact.path === path);
  if (!saved || saved.sha256 === sha256) return;
  throw new AppError(
    'corrupt',
    `The file ${path} of run ${run.id} is not what was saved: its hash differs. No file was packed. Restore it from a copy, or leave the run out.`,
  );
}

async function requireFree(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (!there) return;
  throw new AppError('conflict', `${path} is there already. Choose another name, or delete it first.`);
}
