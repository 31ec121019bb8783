/**
 * One run from `running` to its end: a worker trains, every epoch is recorded as it ends, the result is remembered. Runs in
 * the host.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toFailure } from '../contract/errors.ts';
import { Split } from '../contract/schema/dataset.ts';
import type { TrainingOutcome } from '../contract/schema/job.ts';
import type { Steering } from '../contract/schema/queue.ts';
import type { RunRecord, TrainingProgress } from '../contract/schema/run.ts';
import { setArtifacts } from '../store/artifacts.ts';
import { getManifest } from '../store/datasets.ts';
import { recordEpoch } from '../store/epochs.ts';
import { insertEvaluation } from '../store/evaluations.ts';
import { setRunCosts } from '../store/run-costs.ts';
import { addRunWarning, getRun, setRunEnvironment, setRunResult, setRunStatus } from '../store/runs.ts';
import { getRunSplit, setRunSplit } from '../store/splits.ts';
import { type AppContext, now, runJob, weightFolders } from './context.ts';
import { explain } from './explain.ts';
import { keptModelFile } from './model-file.ts';
import { runFolder } from './paths.ts';
import { endAfterFailure, type RunEnd } from './run-lifecycle.ts';
import { createRunMeter } from './run-meter.ts';

/** What the queue has to do with a run while it trains. */
export interface Attendance {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Hands over the way to the worker, once there is one. */
  readonly onWorker: (send: (wish: Steering) => void) => void;
}

/** Reason of an abort that no person asked for: the run is then interrupted. */
export const CLOSING = 'the application closes';

/** Trains a queued run to its end; never throws on account of the training itself, whose failure becomes the run's. */
export async function trainRun(context: AppContext, id: number, attendance: Attendance): Promise<void> {
  const run = getRun(context.db, id);
  setRunStatus(context.db, id, { to: 'running', at: now() });
  tellChanged(context, id);
  const ended = await attempt(context, run, attendance);
  const isClosing = ended.to === 'cancelled' && attendance.signal.reason === CLOSING;
  const end: RunEnd = isClosing ? { to: 'interrupted' } : ended;
  setRunStatus(context.db, id, { ...end, at: now() });
  context.log.info({ run: id, ...end }, 'run ended');
  tellChanged(context, id);
}

export function tellChanged(context: AppContext, id: number): void {
  context.emit('run.changed', { run: getRun(context.db, id) });
}

async function attempt(context: AppContext, run: RunRecord, attendance: Attendance): Promise<RunEnd> {
  try {
    await mkdir(runFolder(context.folder, run.id), { recursive: true });
    const outcome = await train(context, run, attendance);
    rememberOutcome(context, run, outcome);
    return { to: outcome.status };
  } catch (thrown) {
    const failure = toFailure(explain(thrown, context.folder.database));
    if (failure.code === 'internal' || failure.code === 'worker-died') {
      context.log.error({ err: thrown, run: run.id }, 'run failed');
    }
    return endAfterFailure(failure);
  } finally {
    rememberSplit(context, run.id);
  }
}

/** A record that cannot be written (disk full) stops the training after its step and becomes the run's failure. */
async function train(
  context: AppContext,
  run: RunRecord,
  { signal, onProgress, onWorker }: Attendance,
): Promise<TrainingOutcome> {
  const { db, emit, folder } = context;
  const { id, config } = run;
  const stop = new AbortController();
  let unrecorded: unknown = null;
  const record = (write: () => void) => {
    try {
      if (unrecorded === null) write();
    } catch (thrown) {
      unrecorded = thrown;
      stop.abort();
    }
  };
  const meter = createRunMeter();
  const either = AbortSignal.any([signal, stop.signal]);
  const outcome = await runJob(
    context,
    (worker) => {
      worker.on('items', (progress) => emit('run.preparing', { ...progress, id }));
      worker.on('progress', (progress) => {
        meter.progress(progress);
        onProgress(progress);
        emit('run.progress', { id, progress });
      });
      onWorker((wish) => {
        worker.call('run.steer', wish).catch((err) => context.log.warn({ err, run: id }, 'not steered'));
      });
      worker.on('epoch', (epoch) =>
        record(() => {
          meter.epoch();
          recordEpoch(db, id, epoch);
          emit('run.epoch', { id, epoch });
        }),
      );
      worker.on('environment', (environment) =>
        record(() => {
          setRunEnvironment(db, id, environment);
          tellChanged(context, id);
        }),
      );
      worker.on('warning', ({ text }) =>
        record(() => {
          addRunWarning(db, id, text);
          tellChanged(context, id);
        }),
      );
      return worker.call(
        'run.train',
        {
          runFolder: runFolder(folder, id),
          manifest: getManifest(db, run.datasetId),
          config,
          modelFile: keptModelFile(context, run),
          split: getRunSplit(db, id),
          folders: { cache: folder.cache, weights: weightFolders(context) },
          resume: run.startedAt !== null,
        },
        { signal: either },
      );
    },
    either,
    config,
  ).finally(() => record(() => setRunCosts(db, id, meter.costs())));
  if (unrecorded !== null) throw unrecorded;
  return outcome;
}

function rememberOutcome({ db }: AppContext, run: RunRecord, outcome: TrainingOutcome): void {
  db.transaction(() => {
    setRunResult(db, run.id, outcome);
    setArtifacts(db, run.id, outcome.artifacts);
    if (!outcome.report) return;
    insertEvaluation(db, {
      runId: run.id,
      datasetId: run.datasetId,
      source: 'training',
      report: outcome.report,
      predictions: outcome.predictions,
      createdAt: now(),
    });
  })();
}

/** The split is written before the first step; it is remembered however the run ends. */
function rememberSplit({ db, folder, log }: AppContext, id: number): void {
  const file = join(runFolder(folder, id), 'split.json');
  if (!existsSync(file)) return;
  try {
    setRunSplit(db, id, Split.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch (thrown) {
    log.error({ err: thrown, run: id }, 'the split could not be remembered');
  }
}
