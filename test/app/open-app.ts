/** The application over the stand-in worker (or the product's own), with a client attached as a window or a terminal would be. */
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { CaseOptions } from '../../src-main/app/cases.ts';
import { type App, createApp } from '../../src-main/app/create-app.ts';
import { type Logger, silentLog } from '../../src-main/app/log.ts';
import { type ApiContract, apiContract } from '../../src-main/contract/api.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import { forkWorker } from '../../src-main/hosts/fork-worker.ts';
import { type Client, connect } from '../../src-main/rpc/client.ts';
import { memoryLinkPair } from '../../src-main/rpc/memory-link.ts';

const STAND_IN = fileURLToPath(new URL('fixtures/stand-in-worker.ts', import.meta.url));

export interface OpenedApp {
  readonly app: App;
  readonly client: Client<ApiContract>;
  /** The worker processes started so far. */
  readonly workers: { kill(): void }[];
  close(): Promise<void>;
  /** Resolves when the run has ended one way or another. */
  ended(id: number): Promise<RunRecord>;
}

export function openApp(
  dataFolder: string,
  options: {
    behaviour?: string;
    cancelGraceMs?: number;
    realWorker?: boolean;
    cases?: CaseOptions;
    openLog?: (file: string) => Logger;
  } = {},
): OpenedApp {
  const workers: { kill(): void }[] = [];
  const app = createApp({
    dataFolder,
    version: '0.1.0',
    openLog: options.openLog ?? silentLog,
    cases: options.cases,
    // the stand-in could not be asked about any
    bundledModels: options.realWorker ? undefined : join(dataFolder, 'no-models-of-the-product'),
    cancelGraceMs: options.cancelGraceMs,
    spawnWorker(environment) {
      const handle = options.realWorker
        ? forkWorker(environment)
        : forkWorker({ ...environment, STAND_IN: options.behaviour ?? 'train' }, STAND_IN);
      workers.push(handle);
      return handle;
    },
  });
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const client = connect(near, apiContract);
  const changes = new EventEmitter().setMaxListeners(100);
  client.on('run.changed', ({ run }) => changes.emit('run', run));
  let open = true;
  const close = async () => {
    if (open) await app.close();
    open = false;
  };
  onTestFinished(close);
  return {
    app,
    client,
    workers,
    close,
    async ended(id) {
      for (;;) {
        const changed = once(changes, 'run');
        const { run } = await client.call('run.get', { id });
        if (run.status !== 'queued' && run.status !== 'running') return run;
        await changed;
      }
    },
  };
}
