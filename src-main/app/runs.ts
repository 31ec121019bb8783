/** Runs: start, resume, label, forget. Runs in the host. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunDetail } from '../contract/api.ts';
import type { Preset } from '../contract/schema/catalogue.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { CheckedRun } from '../contract/schema/job.ts';
import type { RunRecord } from '../contract/schema/run.ts';
import { listArtifacts, setArtifacts } from '../store/artifacts.ts';
import { getDataset, getManifest } from '../store/datasets.ts';
import { listEpochs } from '../store/epochs.ts';
import { listEvaluations } from '../store/evaluations.ts';
import * as store from '../store/runs.ts';
import { setRunSplit } from '../store/splits.ts';
import type { Catalogue } from './catalogue.ts';
import { type AppContext, now, runJob, weightFolders } from './context.ts';
import { keepModelFile } from './model-file.ts';
import { runFolder } from './paths.ts';
import { requireResumable } from './run-lifecycle.ts';
import type { RunQueue } from './run-queue.ts';
import { folderBytes } from './storage.ts';
import { tellChanged } from './train-run.ts';
import { resolveConfig } from './training-config.ts';
import { JOB_COMPUTE } from './worker-environment.ts';

export interface StartRequest {
  readonly datasetId: number;
  readonly name?: string | undefined;
  readonly preset: Preset;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Remembers a new run and queues it, once a worker has looked whether it could begin.
 * @throws AppError what is wrong with the settings, the split, the weights or the model file, or `locked`; nothing is remembered then
 */
export async function startRun(
  context: AppContext,
  { catalogue, queue }: { catalogue: Catalogue; queue: RunQueue },
  request: StartRequest,
  signal?: AbortSignal,
): Promise<RunRecord> {
  const { db } = context;
  const dataset = getDataset(db, request.datasetId);
  const config = withWholePaths(resolveConfig(await catalogue.models(), request));
  const { modelFiles, split } = await check(context, dataset.id, config, signal);
  queue.reserve();
  try {
    const id = db.transaction(() => {
      const added = store.insertRun(db, {
        name: request.name ?? config.model,
        datasetId: dataset.id,
        datasetHash: dataset.hash,
        config,
        createdAt: now(),
      });
      if (config.modelFile !== null) {
        setArtifacts(db, added, keepModelFile(context, added, config.modelFile, modelFiles));
      }
      setRunSplit(db, added, split.split);
      for (const warning of split.warnings) store.addRunWarning(db, added, warning);
      return added;
    })();
    queue.add(id);
    return store.getRun(db, id);
  } finally {
    queue.releaseIfIdle();
  }
}

/** Where a file was meant from may be another folder by the time that the run's turn comes. */
function withWholePaths(config: TrainingConfig): TrainingConfig {
  const whole = (path: string | null) => (path === null ? null : resolve(path));
  return { ...config, modelFile: whole(config.modelFile), splitFile: whole(config.splitFile) };
}

/** On the processor unless the GPU is asked for: a training may have the GPU's memory. */
function check(
  context: AppContext,
  datasetId: number,
  config: TrainingConfig,
  signal: AbortSignal | undefined,
): Promise<CheckedRun> {
  const folders = { weights: weightFolders(context) };
  const device = config.device === 'gpu' ? 'gpu' : 'cpu';
  return runJob(
    context,
    (worker) =>
      worker.call('run.check', { manifest: getManifest(context.db, datasetId), config, folders }, { signal }),
    signal,
    { ...JOB_COMPUTE, device, intraOpThreads: 1 },
  );
}

/** Queues a run that was stopped, to go on from its last checkpoint, or one that an earlier session left waiting. @throws AppError `conflict`, `not-found`, `locked` */
export function resumeRun({ db }: AppContext, queue: RunQueue, id: number): RunRecord {
  queue.recover();
  const isHeld = queue.isHeld(id);
  if (!isHeld) requireResumable(store.getRun(db, id));
  queue.reserve();
  try {
    if (!isHeld) store.setRunStatus(db, id, { to: 'queued', at: now() });
    queue.add(id);
    return store.getRun(db, id);
  } finally {
    queue.releaseIfIdle();
  }
}

export function runDetail({ db, folder }: AppContext, id: number): RunDetail {
  const run = store.getRun(db, id);
  return {
    run,
    dataset: getDataset(db, run.datasetId),
    epochs: listEpochs(db, id),
    artifacts: listArtifacts(db, id),
    evaluations: listEvaluations(db, id),
    folder: runFolder(folder, id),
  };
}

export function labelRun(
  context: AppContext,
  id: number,
  labels: Parameters<typeof store.setRunLabels>[2],
): RunRecord {
  store.setRunLabels(context.db, id, labels);
  tellChanged(context, id);
  return store.getRun(context.db, id);
}

/** Forgets a run and deletes its folder; files that cannot be deleted keep the run. @throws AppError `conflict` while it is queued or running, `not-found` */
export async function deleteRun(
  context: AppContext,
  queue: RunQueue,
  id: number,
): Promise<{ freedBytes: number }> {
  queue.recover();
  const path = runFolder(context.folder, id);
  const freedBytes = await folderBytes(path);
  context.db.transaction(() => {
    store.deleteRun(context.db, id);
    rmSync(path, { recursive: true, force: true });
  })();
  context.emit('run.deleted', { id });
  return { freedBytes };
}
