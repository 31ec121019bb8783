/**
 * One command's use of the application: open it, attach, do the work, close it. Runs in the command line. Ctrl-C cancels the
 * work, which then stops at its next step and leaves nothing half-written; a second Ctrl-C ends the process at once.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { createApp } from '../../app/create-app.ts';
import { type Logger, openLog } from '../../app/log.ts';
import { chooseDataFolder } from '../../app/paths.ts';
import { type ApiContract, apiContract } from '../../contract/api.ts';
import { AppError } from '../../contract/errors.ts';
import { type Client, connect } from '../../rpc/client.ts';
import { memoryLinkPair } from '../../rpc/memory-link.ts';
import { forkWorker } from '../fork-worker.ts';
import { EXIT_CANCELLED } from './failure.ts';
import type { Output } from './output.ts';

export interface Session {
  readonly client: Client<ApiContract>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly output: Output;
}

/** After an answer that came all the same, too late to be wanted. @throws AppError `cancelled` after Ctrl-C */
export function throwIfStopped({ signal }: Pick<Session, 'signal'>): void {
  if (signal.aborted) throw new AppError('cancelled', 'Cancelled on request.');
}

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param dataDir what was given with --data-dir */
export async function withSession(
  { output, dataDir }: { output: Output; dataDir: string | undefined },
  work: (session: Session) => Promise<void>,
): Promise<void> {
  let log: Logger | undefined;
  const app = createApp({
    dataFolder: chooseDataFolder(dataDir, {
      env: process.env,
      platform: process.platform,
      home: os.homedir(),
    }),
    version: productVersion(),
    openLog(file) {
      log = openLog(file);
      return log;
    },
    spawnWorker: forkWorker,
  });
  const [near, far] = memoryLinkPair();
  app.attach(far);
  const interruption = new AbortController();
  let isAsked = false;
  const interrupt = (signal: NodeJS.Signals) => {
    // a terminal, or whatever reads the output, that ends with a Ctrl-C is no second one
    const isHangUp = signal === 'SIGHUP';
    if (isAsked && !isHangUp) process.exit(EXIT_CANCELLED);
    isAsked ||= !isHangUp;
    output.live('Stopping. Ctrl-C again ends it at once.');
    interruption.abort();
  };
  for (const name of INTERRUPTS) process.on(name, interrupt);
  try {
    await work({ client: connect(near, apiContract), signal: interruption.signal, output });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) log?.error({ err: thrown }, 'unexpected failure of a command');
    throw thrown;
  } finally {
    for (const name of INTERRUPTS) process.off(name, interrupt);
    await app.close();
  }
}

export function productVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
