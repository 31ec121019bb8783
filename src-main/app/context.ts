/** What the parts of the application share. Runs in the host. */
import type { ApiContract } from '../contract/api.ts';
import type { WorkerContract } from '../contract/worker.ts';
import type { Client } from '../rpc/client.ts';
import type { Emit } from '../rpc/server.ts';
import type { Db } from '../store/open.ts';
import type { Logger } from './log.ts';
import { BUNDLED_WEIGHTS, type DataFolder } from './paths.ts';
import { type ComputeSettings, JOB_COMPUTE, workerEnvironment } from './worker-environment.ts';
import { type SpawnWorker, withWorker } from './worker-process.ts';

export interface AppContext {
  readonly db: Db;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly spawnWorker: SpawnWorker;
  /** Tells every attached window and terminal. */
  readonly emit: Emit<ApiContract>;
  readonly cancelGraceMs?: number | undefined;
}

/** Where ImageNet weights are looked for: a person's own before the bundled ones. */
export function weightFolders({ folder }: AppContext): string[] {
  return [folder.weights, BUNDLED_WEIGHTS];
}

/** Runs a job that is no training: all cores, any device. */
export function runJob<T>(
  context: AppContext,
  job: (worker: Client<WorkerContract>) => Promise<T>,
  signal?: AbortSignal,
  compute: ComputeSettings = JOB_COMPUTE,
): Promise<T> {
  return withWorker(
    {
      spawn: context.spawnWorker,
      environment: workerEnvironment(compute),
      log: context.log,
      signal,
      cancelGraceMs: context.cancelGraceMs,
    },
    job,
  );
}

export function now(): string {
  return new Date().toISOString();
}
