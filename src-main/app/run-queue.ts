/**
 * Trains one run at a time, in an order that a person may change. Runs in the host.
 *
 * While anything trains or waits, this process holds the training lock of the data folder; whoever takes the lock finds the run
 * that a dead process was training and marks it interrupted, so that it can be resumed. The order is in the database. Runs that
 * an earlier session left waiting are held: they start when a person says so, since a window that is opened to read a
 * report, or a command in a terminal, must not begin hours of work by itself. Closing stops the run that trains after its step
 * (interrupted, can be resumed) and leaves the waiting ones to the next session.
 */
import { AppError, toFailure } from '../contract/errors.ts';
import type { QueueState, Steering } from '../contract/schema/queue.ts';
import type { RunStatus, TrainingProgress } from '../contract/schema/run.ts';
import { withoutWaiting } from '../store/patiently.ts';
import { type ProcessLock, tryLock } from '../store/process-lock.ts';
import { listQueue, listRunning, putLast, setOrder } from '../store/queue.ts';
import { getRun, setRunStatus } from '../store/runs.ts';
import { type AppContext, now } from './context.ts';
import { explain } from './explain.ts';
import { isFinal } from './run-lifecycle.ts';
import { CLOSING, tellChanged, trainRun } from './train-run.ts';

export interface RunQueue {
  state(): QueueState;
  /** Makes sure that this process may train. @throws AppError `locked` naming the process that does, `cancelled` while closing */
  reserve(): void;
  /** Trains a run whose status is `queued` when its turn comes. Needs `reserve`. */
  add(id: number): void;
  /** Whether an earlier session left it waiting. */
  isHeld(id: number): boolean;
  /** Adds what an earlier session left waiting. @throws AppError `locked` */
  release(): void;
  /** @param ids waiting runs, the next one first */
  order(ids: readonly number[]): void;
  /** Changes what the run that trains is asked to do. @throws AppError `conflict` when it is another one or none */
  steer(id: number, change: Partial<Steering>): void;
  /** Lets go of the lock when nothing came of the reservation. */
  releaseIfIdle(): void;
  /** Stops a run after its step, or takes it out of the queue. @throws AppError `conflict` when it is neither. */
  cancel(id: number): void;
  /** Marks what a dead process was training, unless a living one is at it, or the history cannot be written just now. */
  recover(): void;
  /** Stops what trains and waits for its end. */
  close(): Promise<void>;
}

interface ActiveRun {
  readonly id: number;
  readonly controller: AbortController;
  steering: Steering;
  progress: TrainingProgress | null;
  /** Passes the wishes on; null until there is a worker. */
  send: ((wish: Steering) => void) | null;
}

/** A process that starts holds the lock for a moment, to look for what a dead one was training. */
const PASSING_HOLDER_MS = 500;

export function createRunQueue(context: AppContext): RunQueue {
  const { db, folder, log } = context;
  let waiting: number[] = [];
  let active: ActiveRun | null = null;
  let lock: ProcessLock | null = null;
  let drained: Promise<void> = Promise.resolve();
  let isClosing = false;

  const heldRuns = () => listQueue(db).filter((id) => !waiting.includes(id) && id !== active?.id);
  const state = (): QueueState => ({
    active: active && { id: active.id, steering: active.steering, progress: active.progress },
    waiting: [...waiting],
    held: heldRuns(),
  });
  const tell = () => context.emit('queue.changed', state());

  const releaseIfIdle = () => {
    if (active || waiting.length > 0) return;
    lock?.release();
    lock = null;
  };

  const takeLock = (waitMs: number): { heldBy: number | null } | null => {
    if (!lock) {
      const attempt = tryLock(folder.trainingLock, waitMs);
      if ('heldBy' in attempt) return attempt;
      lock = attempt.lock;
    }
    try {
      interruptDead(context, active?.id);
    } catch (thrown) {
      releaseIfIdle();
      throw thrown;
    }
    return null;
  };

  const recover = () => {
    try {
      withoutWaiting(db, () => takeLock(0));
    } catch (thrown) {
      const { code } = toFailure(explain(thrown, folder.database));
      if (code !== 'locked' && code !== 'disk-full') throw thrown;
      log.warn({ err: thrown }, 'not looked for what a dead process was training');
    }
    releaseIfIdle();
  };

  const reserve = () => {
    if (isClosing) throw new AppError('cancelled', 'Lesion Lab is closing; nothing was started.');
    const other = takeLock(PASSING_HOLDER_MS);
    if (!other) return;
    throw new AppError(
      'locked',
      `Another process${other.heldBy ? ` (${other.heldBy})` : ''} is training in ${folder.root}, and one at a time can. Wait for it or stop it, or choose another folder with --data-dir.`,
      { details: { heldBy: other.heldBy } },
    );
  };

  const onProgress = (run: ActiveRun, progress: TrainingProgress) => {
    const wasPaused = run.progress?.phase === 'paused';
    run.progress = progress;
    if (wasPaused !== (progress.phase === 'paused')) tell();
  };

  const drain = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const run: ActiveRun = {
        id,
        controller: new AbortController(),
        steering: { paused: false, afterEpoch: 'go-on' },
        progress: null,
        send: null,
      };
      active = run;
      tell();
      await trainRun(context, id, {
        signal: run.controller.signal,
        onProgress: (progress) => onProgress(run, progress),
        onWorker(send) {
          run.send = send;
          send(run.steering);
        },
      });
      active = null;
      tell();
    }
    releaseIfIdle();
  };

  const add = (id: number) => {
    waiting.push(id);
    putLast(db, id);
    if (!active) drained = drain();
    tell();
  };

  const cancelWaiting = (id: number) => {
    waiting = waiting.filter((other) => other !== id);
    setRunStatus(db, id, { to: 'cancelled', at: now() });
    tellChanged(context, id);
    tell();
  };

  return {
    state,
    reserve,
    add,
    releaseIfIdle,
    isHeld: (id) => heldRuns().includes(id),
    release() {
      const held = heldRuns();
      if (held.length === 0) return;
      reserve();
      for (const id of held) add(id);
    },
    order(ids) {
      const placeOf = (id: number) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
      waiting.sort((a, b) => placeOf(a) - placeOf(b));
      setOrder(db, ids);
      tell();
    },
    steer(id, change) {
      if (active?.id !== id) throw notActive(getRun(db, id).status, id);
      active.steering = { ...active.steering, ...change };
      active.send?.(active.steering);
      tell();
    },
    cancel(id) {
      if (active?.id !== id) recover();
      const { status } = getRun(db, id);
      if (active?.id === id) active.controller.abort();
      else if (waiting.includes(id)) cancelWaiting(id);
      else if (status === 'queued' && takeLock(PASSING_HOLDER_MS) === null) {
        cancelWaiting(id);
        releaseIfIdle();
      } else throw notCancellable(status, id);
    },
    recover,
    async close() {
      isClosing = true;
      waiting = [];
      active?.controller.abort(CLOSING);
      await drained;
      releaseIfIdle();
    },
  };
}

/** Called with the lock held: whoever was training these is dead. @param ours what this process trains */
function interruptDead(context: AppContext, ours: number | undefined): void {
  for (const id of listRunning(context.db)) {
    if (id === ours) continue;
    setRunStatus(context.db, id, { to: 'interrupted', at: now() });
    context.log.warn({ run: id }, 'found unfinished and marked interrupted');
    tellChanged(context, id);
  }
}

function notCancellable(status: RunStatus, id: number): AppError {
  return new AppError(
    'conflict',
    isFinal(status)
      ? `Run ${id} is ${status} already; there is nothing to cancel.`
      : `Run ${id} is ${status} in another process. Cancel it there (Ctrl-C in its terminal).`,
  );
}

function notActive(status: RunStatus, id: number): AppError {
  return new AppError(
    'conflict',
    `Run ${id} is ${status}${status === 'running' ? ' in another process' : ''}; only a run that trains here can be paused, continued or stopped after its epoch.`,
  );
}
