/**
 * What may become of a run, as pure rules: queued → running → completed | cancelled | failed; interrupted is what a run
 * becomes when its process is found dead. The table of transitions is in the contract; the database enforces it.
 */
import { AppError, type Failure } from '../contract/errors.ts';
import { RUN_TRANSITIONS, type RunRecord, type RunStatus } from '../contract/schema/run.ts';

export interface RunEnd {
  readonly to: 'completed' | 'cancelled' | 'failed' | 'interrupted';
  readonly failure?: { readonly code: string; readonly message: string };
}

/** Whether nothing more happens to a run unless a person asks for it. */
export function isFinal(status: RunStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

export function canResume(status: RunStatus): boolean {
  return isFinal(status) && RUN_TRANSITIONS[status].includes('queued');
}

/** @throws AppError `conflict` saying why this run cannot be resumed and what to do. */
export function requireResumable({ id, status, epochsDone, config }: RunRecord): void {
  if (canResume(status)) return;
  throw new AppError(
    'conflict',
    status === 'completed'
      ? `Run ${id} is completed (${epochsDone} of ${config.epochs} epochs); there is nothing to resume. Start a new run for more epochs.`
      : `Run ${id} is ${status} already.`,
    { details: { status } },
  );
}

/** How a run ends whose job failed. */
export function endAfterFailure(failure: Failure): RunEnd {
  if (failure.code === 'cancelled') return { to: 'cancelled' };
  return { to: 'failed', failure: { code: failure.code, message: failure.message } };
}
