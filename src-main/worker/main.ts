/**
 * Entry of a worker process: one job, then gone. It is started by a host, talks over the channel to it, and ends when the
 * channel closes, whichever end closed it.
 */
import os from 'node:os';
import { explainSystemError } from '../contract/system-error.ts';
import { workerContract } from '../contract/worker.ts';
import { type Emit, serve } from '../rpc/server.ts';
import { workerLink } from '../rpc/worker-link.ts';
import { createJobs } from './jobs.ts';

os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

// Ctrl-C in a terminal, and its closing, reach the whole process group; what they mean is for the host to decide.
for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => undefined);

const link = workerLink();
const emit: Emit<typeof workerContract> = (name, payload) => server.emit(name, payload);
const server = serve(link, workerContract, createJobs(emit), {
  explain: explainSystemError,
  onDefect(thrown, procedure) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    emit('log', { level: 'error', text: `${procedure}: ${text}` });
  },
});
// The host has its answer, or is gone and a new one may resume the run: nothing may be written any more.
link.onClose(() => process.exit());
