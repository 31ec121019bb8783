/**
 * Trains one run at a time, in the order in which they were asked for. Runs in the host.
 *
 * While anything is queued or running, this process holds the training lock of the data folder; whoever takes the lock finds the
 * runs that a dead process left unfinished and marks them interrupted, so that they can be resumed.
 */
import { AppError } from '../contract/errors.ts';
import { type ProcessLock, tryLock } from '../store/process-lock.ts';
import { getRun, listUnfinishedRuns, setRunStatus } from '../store/runs.ts';
import { type AppContext, now } from './context.ts';
import { isFinal } from './run-lifecycle.ts';
import { tellChanged, trainRun } from './train-run.ts';

export interface RunQueue {
  /** Makes sure that this process may train. @throws AppError `locked` naming the process that does. */
  reserve(): void;
  /** Trains a run whose status is `queued` when its turn comes. Needs `reserve`. */
  add(id: number): void;
  /** Lets go of the lock when nothing came of the reservation. */
  releaseIfIdle(): void;
  /** Stops a run after its step, or takes it out of the queue. @throws AppError `conflict` when it is neither. */
  cancel(id: number): void;
  /** Marks what a dead process left behind, unless a living one is at it. */
  recover(): void;
  /** Cancels everything and waits for the end. */
  close(): Promise<void>;
}

/** A process that starts holds the lock for a moment, to look for unfinished runs. */
const PASSING_HOLDER_MS = 500;

export function createRunQueue(context: AppContext): RunQueue {
  const { db, folder, log } = context;
  const waiting: number[] = [];
  let active: { readonly id: number; readonly controller: AbortController } | null = null;
  let lock: ProcessLock | null = null;
  let drained: Promise<void> = Promise.resolve();

  const releaseIfIdle = () => {
    if (active || waiting.length > 0) return;
    lock?.release();
    lock = null;
  };

  const takeLock = (waitMs: number): { heldBy: number | null } | null => {
    if (lock) return null;
    const attempt = tryLock(folder.trainingLock, waitMs);
    if ('heldBy' in attempt) return attempt;
    lock = attempt.lock;
    interruptUnfinished(context);
    return null;
  };

  const drain = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      active = { id, controller: new AbortController() };
      try {
        await trainRun(context, id, active.controller.signal);
      } catch (thrown) {
        log.error({ err: thrown, run: id }, 'the end of a run could not be recorded');
      }
      active = null;
    }
    releaseIfIdle();
  };

  const cancel = (id: number) => {
    const { status } = getRun(db, id);
    if (active?.id === id) {
      active.controller.abort();
    } else if (waiting.includes(id)) {
      waiting.splice(waiting.indexOf(id), 1);
      setRunStatus(db, id, { to: 'cancelled', at: now() });
      tellChanged(context, id);
    } else {
      throw new AppError(
        'conflict',
        isFinal(status)
          ? `Run ${id} is ${status} already; there is nothing to cancel.`
          : `Run ${id} is ${status} in another process. Cancel it there (Ctrl-C in its terminal).`,
      );
    }
  };

  return {
    reserve() {
      const other = takeLock(PASSING_HOLDER_MS);
      if (!other) return;
      throw new AppError(
        'locked',
        `Another process${other.heldBy ? ` (${other.heldBy})` : ''} is training in ${folder.root}, and one at a time can. Wait for it or stop it, or choose another folder with --data-dir.`,
        { details: { heldBy: other.heldBy } },
      );
    },
    add(id) {
      waiting.push(id);
      if (!active) drained = drain();
    },
    releaseIfIdle,
    cancel,
    recover() {
      takeLock(0);
      releaseIfIdle();
    },
    async close() {
      for (const id of [...waiting]) cancel(id);
      active?.controller.abort();
      await drained;
      releaseIfIdle();
    },
  };
}

/** Called with the lock held and nothing of our own under way: whoever left these is dead. */
function interruptUnfinished(context: AppContext): void {
  for (const id of listUnfinishedRuns(context.db)) {
    setRunStatus(context.db, id, { to: 'interrupted', at: now() });
    context.log.warn({ run: id }, 'found unfinished and marked interrupted');
    tellChanged(context, id);
  }
}
