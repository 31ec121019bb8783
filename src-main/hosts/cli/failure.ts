/** A failure in three parts: what happened, what was kept, what to do; one line for what a person stopped. Pure; used by the command line. */
import type { ErrorCode, Failure } from '../../contract/errors.ts';

export interface ExplainedFailure extends Failure {
  readonly kept: string;
  readonly next: string;
}

export const EXIT_SUCCESS = 0;
export const EXIT_FAILURE = 1;
/** The command was not understood. */
export const EXIT_USAGE = 2;
/** Ended by Ctrl-C, as shells have it. */
export const EXIT_CANCELLED = 130;

const NEXT: Readonly<Record<ErrorCode, string>> = {
  'bad-input': 'Correct the value; --help says what the command takes.',
  'not-found': 'Check the name or path.',
  'bad-dataset': 'Correct the folder or its table; "lab data import --layout ID" reads it by another layout.',
  'bad-image': 'Replace the image, or leave it out.',
  'bad-split': 'Choose other fractions, another split method or another seed.',
  'bad-model':
    'Correct the model or the weights file; "lab models" and "lab weights list" say what there is.',
  corrupt: 'Restore the file from a copy, or make it again.',
  'newer-version': 'Update Lesion Lab, or choose another folder with --data-dir.',
  locked: 'Wait for the other process or stop it, then try again.',
  'cases-locked': 'Give the passphrase of the cases.',
  'wrong-passphrase': 'Try again; the cases are as they were.',
  'read-only': 'Make the folder writable, or choose another one.',
  'disk-full': 'Free some space, then try again.',
  'out-of-memory': 'Use a smaller --batch-size or smaller images, or close other programs.',
  diverged: 'Choose a lower --learning-rate.',
  'no-device': 'Run "lab doctor" for what is missing, or use --device cpu.',
  'missing-component': 'Run "lab doctor" for what is missing and how to get it.',
  'worker-died': 'Try again; if it repeats, "lab doctor" and the log in the data folder tell more.',
  cancelled: 'Start it again when you like.',
  conflict: 'Change what is in the way, as the message says.',
  internal: 'This is a defect of Lesion Lab. The log in the data folder has the details for a report.',
};

/** Failures after which the same run, with the same configuration, can go on. */
const RESUMABLE: readonly ErrorCode[] = [
  'cancelled',
  'disk-full',
  'read-only',
  'out-of-memory',
  'worker-died',
  'missing-component',
  'no-device',
  'locked',
  'conflict',
  'bad-dataset',
  'not-found',
];

const UNCHANGED = 'Everything that was there before; nothing was changed.';

/**
 * Failures of a run carry `details.runId` and `details.epochsDone`; those of a command that leaves more than it tells step by step, `details.kept`.
 * @param changes what the command had changed before it failed, a sentence each
 */
export function explainFailure(failure: Failure, changes: readonly string[] = []): ExplainedFailure {
  const { runId, epochsDone, kept } = failure.details ?? {};
  const next = NEXT[failure.code];
  const withChanges = (words: string) => [words, ...changes].join(' ');
  if (typeof runId !== 'number') {
    const before = changes.length === 0 ? UNCHANGED : 'Everything that was there before.';
    return { ...failure, kept: withChanges(typeof kept === 'string' ? kept : before), next };
  }
  const resume = `"lab resume ${runId}" goes on from the last epoch.`;
  return {
    ...failure,
    kept: withChanges(`Run ${runId} with its ${epochsDone} finished epoch(s) is in the history.`),
    next: RESUMABLE.includes(failure.code)
      ? `${failure.code === 'cancelled' ? '' : `${next} `}${resume}`
      : `${next} Then start a new run.`,
  };
}

export function formatFailure({ code, message, kept, next }: ExplainedFailure): string {
  if (code === 'cancelled' && kept === UNCHANGED) return `${message} Nothing was changed.\n`;
  return `Error: ${message}\nKept:  ${kept}\nTo do: ${next}\n`;
}

export function exitStatusOf(code: ErrorCode): number {
  return code === 'cancelled' ? EXIT_CANCELLED : EXIT_FAILURE;
}
