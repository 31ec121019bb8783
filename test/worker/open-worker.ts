/** A real worker process, the product's own, with a client at its other end. */
import { onTestFinished } from 'vitest';
import { type WorkerContract, workerContract } from '../../src-main/contract/worker.ts';
import { forkWorker } from '../../src-main/hosts/fork-worker.ts';
import { type Client, connect } from '../../src-main/rpc/client.ts';

/** @param environment added to the usual one */
export function openWorker(environment: Readonly<Record<string, string>> = {}): Client<WorkerContract> {
  const handle = forkWorker({
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: '2',
    TF_NUM_INTEROP_THREADS: '1',
    ...environment,
  });
  const client = connect(handle.link, workerContract);
  onTestFinished(async () => {
    const ended = new Promise((resolve) => client.onClose(resolve));
    client.close();
    await ended;
  });
  return client;
}
