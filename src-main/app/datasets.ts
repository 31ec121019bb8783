/** Datasets: import in a worker, remember in the database, check, split. Runs in the host. */
import { join } from 'node:path';
import type { Preset } from '../contract/schema/catalogue.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type {
  ClassInfo,
  DatasetGallery,
  DatasetManifest,
  DatasetSummary,
  Split,
} from '../contract/schema/dataset.ts';
import type { DatasetCheck, ItemProgress } from '../contract/schema/job.ts';
import type { WorkerContract } from '../contract/worker.ts';
import type { Client } from '../rpc/client.ts';
import { getGallery, listPictureFiles } from '../store/dataset-gallery.ts';
import * as store from '../store/datasets.ts';
import { patiently } from '../store/patiently.ts';
import { type AppContext, now, runJob } from './context.ts';
import type { Thumbnails } from './thumbnails.ts';
import { resolveConfig } from './training-config.ts';

export interface ImportRequest {
  readonly root: string;
  readonly name?: string | undefined;
  readonly layout?: string | undefined;
  readonly classes?: readonly ClassInfo[] | undefined;
}

const SYNTHETIC_SEED = 1;

/**
 * Reads a folder and remembers it. The same content from the same folder is remembered once, also when files were moved within it;
 * changed content, patient columns included, becomes a dataset of its own, so that runs keep what they were made on.
 */
export async function importDataset(
  context: AppContext,
  request: ImportRequest,
  signal?: AbortSignal,
  onProgress: (progress: ItemProgress) => void = () => undefined,
): Promise<{ dataset: DatasetSummary; created: boolean }> {
  const manifest = await runJob(
    context,
    (worker) => {
      worker.on('items', (progress: ItemProgress) => {
        onProgress(progress);
        context.emit('dataset.progress', { ...progress, root: request.root });
      });
      const { classes, ...rest } = request;
      return worker.call('dataset.import', classes ? { ...rest, classes: [...classes] } : rest, { signal });
    },
    signal,
  );
  const isNamed = request.name !== undefined;
  const result = await patiently(context.db, () => remember(context, manifest, isNamed), { signal });
  context.emit('dataset.changed', {});
  return result;
}

/** The drawn demo set, made in the data folder unless it is there. */
export async function importSyntheticDataset(
  context: AppContext,
  signal?: AbortSignal,
  onProgress?: (progress: ItemProgress) => void,
): Promise<DatasetSummary> {
  const folder = context.folder.synthetic;
  await runJob(
    context,
    (worker) => {
      worker.on('items', (progress: ItemProgress) => {
        onProgress?.(progress);
        context.emit('dataset.progress', { ...progress, root: folder });
      });
      return worker.call('dataset.draw-synthetic', { folder, seed: SYNTHETIC_SEED }, { signal });
    },
    signal,
  );
  const { dataset } = await importDataset(context, { root: folder }, signal, onProgress);
  return dataset;
}

export interface PlannedRun {
  readonly id: number;
  readonly preset: Preset;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a run with these settings would train and be tested on. */
export function checkDataset(
  context: AppContext,
  planned: PlannedRun,
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  return plan(context, planned, signal, (worker, plan) => worker.call('dataset.check', plan, { signal }));
}

/** Image ids of each part that such a run would have. */
export function splitDataset(context: AppContext, planned: PlannedRun, signal?: AbortSignal): Promise<Split> {
  return plan(context, planned, signal, (worker, plan) => worker.call('dataset.split', plan, { signal }));
}

/** Columns to filter by; the thumbnails that are missing are made from now on. @throws AppError `not-found` */
export function openGallery({ db }: AppContext, thumbnails: Thumbnails, id: number): DatasetGallery {
  const gallery = getGallery(db, id);
  thumbnails.prepareSoon(store.getDataset(db, id).hash, () =>
    listPictureFiles(db, id).map(({ root, path, contentHash }) => ({ file: join(root, path), contentHash })),
  );
  return gallery;
}

function plan<T>(
  context: AppContext,
  { id, preset, settings }: PlannedRun,
  signal: AbortSignal | undefined,
  ask: (
    worker: Client<WorkerContract>,
    plan: { manifest: DatasetManifest; config: TrainingConfig },
  ) => Promise<T>,
): Promise<T> {
  const manifest = store.getManifest(context.db, id);
  const job = async (worker: Client<WorkerContract>) => {
    const models = await worker.call('model.list', { folders: [] });
    const config = resolveConfig(models, { preset, settings: { model: models[0]?.id, ...settings } });
    return ask(worker, { manifest, config });
  };
  return runJob(context, job, signal);
}

function remember(
  { db }: AppContext,
  manifest: DatasetManifest,
  nameWasChosen: boolean,
): { dataset: DatasetSummary; created: boolean } {
  const known = store.findSameDataset(db, manifest);
  if (known !== null) {
    store.refreshDataset(db, known, manifest);
    return { dataset: store.getDataset(db, known), created: false };
  }
  const name = nameWasChosen ? manifest.name : freeName(db, manifest.name);
  const id = store.insertDataset(db, { manifest: { ...manifest, name }, importedAt: now() });
  return { dataset: store.getDataset(db, id), created: true };
}

/** The name itself, or with the first number that is free. */
function freeName(db: AppContext['db'], name: string): string {
  let candidate = name;
  for (let number = 2; store.findDatasetByName(db, candidate) !== null; number++)
    candidate = `${name} (${number})`;
  return candidate;
}
