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
import type { RunRecord, RunStatus, TrainingProgress } from '../contract/schema/run.ts';
import { forgetTrainedArtifacts, setArtifacts } from '../store/artifacts.ts';
import { getManifest } from '../store/datasets.ts';
import { recordEpoch } from '../store/epochs.ts';
import { insertEvaluation } from '../store/evaluations.ts';
import { type Patience, patiently } from '../store/patiently.ts';
import { setRunCosts } from '../store/run-costs.ts';
import { addRunWarning, getRun, setRunEnvironment, setRunResult, setRunStatus } from '../store/runs.ts';
import { getRunSplit, setRunSplit } from '../store/splits.ts';
import { type AppContext, now, runJob, weightFolders } from './context.ts';
import { explain } from './explain.ts';
import { keptModelFile } from './model-file.ts';
import { runFolder } from './paths.ts';
import { createRunJournal } from './run-journal.ts';
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

/**
 * Trains a queued run to its end. Throws nothing on account of the training, whose failure becomes the run's, nor of a history that cannot
 * be written: nobody waits for ever for an end that could not be recorded, and whoever takes the training lock next finds the run interrupted.
 */
export async function trainRun(context: AppContext, id: number, attendance: Attendance): Promise<void> {
  const run = getRun(context.db, id);
  const { signal } = attendance;
  try {
    await changeStatus(context, id, { to: 'running' }, { signal });
    await patiently(context.db, () => forgetTrainedArtifacts(context.db, id), { signal });
    const ended = await attempt(context, run, attendance);
    const isClosing = ended.to === 'cancelled' && signal.reason === CLOSING;
    const end: RunEnd = isClosing ? { to: 'interrupted' } : ended;
    await changeStatus(context, id, end, { signal });
    context.log.info({ run: id, ...end }, 'run ended');
  } catch (thrown) {
    context.log.error({ err: thrown, run: id }, 'the end of a run could not be recorded');
    const { code, message } = toFailure(explain(thrown, context.folder.database));
    const left = { status: 'interrupted', failure: { code, message } } as const;
    context.emit('run.changed', { run: { ...getRun(context.db, id), ...left } });
  }
}

async function changeStatus(
  context: AppContext,
  id: number,
  change: { readonly to: RunStatus; readonly failure?: RunEnd['failure'] },
  patience: Patience,
): Promise<void> {
  const { to, failure } = change;
  const at = now();
  await patiently(
    context.db,
    () => setRunStatus(context.db, id, { to, at, ...(failure ? { failure } : {}) }),
    patience,
  );
  tellChanged(context, id);
}

export function tellChanged(context: AppContext, id: number): void {
  context.emit('run.changed', { run: getRun(context.db, id) });
}

async function attempt(context: AppContext, run: RunRecord, attendance: Attendance): Promise<RunEnd> {
  try {
    await mkdir(runFolder(context.folder, run.id), { recursive: true });
    const outcome = await train(context, run, attendance);
    await patiently(context.db, () => rememberOutcome(context, run, outcome), attendance);
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

/** A record that cannot be written (disk full) stops the training after its step and becomes the run's failure; a history that is locked is waited for. */
async function train(
  context: AppContext,
  run: RunRecord,
  { signal, onProgress, onWorker }: Attendance,
): Promise<TrainingOutcome> {
  const { db, emit, folder } = context;
  const { id, config } = run;
  const stop = new AbortController();
  const journal = createRunJournal(db, { signal }, () => stop.abort());
  const meter = createRunMeter();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    return await runJob(
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
        worker.on('epoch', (epoch) => {
          meter.epoch();
          journal.write(() => {
            recordEpoch(db, id, epoch);
            emit('run.epoch', { id, epoch });
          });
        });
        worker.on('environment', (environment) =>
          journal.write(() => {
            setRunEnvironment(db, id, environment);
            tellChanged(context, id);
          }),
        );
        worker.on('warning', ({ text }) =>
          journal.write(() => {
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
            epochsDone: run.epochsDone,
          },
          { signal: either },
        );
      },
      either,
      config,
    );
  } finally {
    journal.write(() => setRunCosts(db, id, meter.costs()));
    await journal.settled();
  }
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

/** Of a run whose start was by a version that remembered none: it is written before the first step. */
function rememberSplit({ db, folder, log }: AppContext, id: number): void {
  const file = join(runFolder(folder, id), 'split.json');
  if (getRunSplit(db, id) !== null || !existsSync(file)) return;
  try {
    setRunSplit(db, id, Split.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch (thrown) {
    log.error({ err: thrown, run: id }, 'the split could not be remembered');
  }
}
