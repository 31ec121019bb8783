/** Datasets: import in a worker, remember in the database, check, name classes, forget. Runs in the host. */
import type { Preset } from '../contract/schema/catalogue.ts';
import type { ClassInfo, DatasetManifest, DatasetSummary } from '../contract/schema/dataset.ts';
import type { DatasetCheck, ItemProgress } from '../contract/schema/job.ts';
import * as store from '../store/datasets.ts';
import { type AppContext, now, runJob } from './context.ts';
import { resolveConfig } from './training-config.ts';

export interface ImportRequest {
  readonly root: string;
  readonly name?: string | undefined;
  readonly layout?: string | undefined;
  readonly classes?: readonly ClassInfo[] | undefined;
}

const SYNTHETIC_SEED = 1;

/**
 * Reads a folder and remembers it. The same content from the same folder is remembered once; changed content becomes
 * a dataset of its own, so that runs keep what they were made on.
 */
export async function importDataset(
  context: AppContext,
  request: ImportRequest,
  signal?: AbortSignal,
): Promise<{ dataset: DatasetSummary; created: boolean }> {
  const manifest = await runJob(
    context,
    (worker) => {
      worker.on('items', (progress: ItemProgress) =>
        context.emit('dataset.progress', { ...progress, root: request.root }),
      );
      const { classes, ...rest } = request;
      return worker.call('dataset.import', classes ? { ...rest, classes: [...classes] } : rest, { signal });
    },
    signal,
  );
  const result = remember(context, manifest, request.name !== undefined);
  context.emit('dataset.changed', {});
  return result;
}

/** The drawn demo set, made in the data folder unless it is there. */
export async function importSyntheticDataset(
  context: AppContext,
  signal?: AbortSignal,
): Promise<DatasetSummary> {
  const folder = context.folder.synthetic;
  await runJob(
    context,
    (worker) => worker.call('dataset.draw-synthetic', { folder, seed: SYNTHETIC_SEED }, { signal }),
    signal,
  );
  const { dataset } = await importDataset(context, { root: folder }, signal);
  return dataset;
}

/** What a run with these settings would train and be tested on. */
export async function checkDataset(
  context: AppContext,
  { id, preset, settings }: { id: number; preset: Preset; settings: Readonly<Record<string, unknown>> },
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  const manifest = store.getManifest(context.db, id);
  return runJob(
    context,
    async (worker) => {
      const models = await worker.call('model.list', { folders: [] });
      const config = resolveConfig(models, {
        preset,
        settings: { model: models[0]?.id, ...settings },
      });
      return worker.call('dataset.check', { manifest, config }, { signal });
    },
    signal,
  );
}

function remember(
  { db }: AppContext,
  manifest: DatasetManifest,
  nameWasChosen: boolean,
): { dataset: DatasetSummary; created: boolean } {
  const known = store.findSameDataset(db, manifest);
  if (known !== null) {
    store.replaceProblems(db, known, manifest.problems);
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
