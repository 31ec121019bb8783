/** A failure in three parts, as it is shown: what happened, what was kept, what to do. Pure. */
import { type ErrorCode, toFailure } from '../../src-main/contract/errors.ts';
import type { RunRecord } from '../../src-main/contract/schema/run.ts';

export interface Explanation {
  readonly what: string;
  readonly kept: string;
  readonly next: string;
}

const NEXT: Partial<Record<ErrorCode, string>> = {
  'bad-input': 'Correct what is named above and try again.',
  'not-found': 'Check that it is still there, then try again.',
  'bad-dataset':
    'Choose a folder with a metadata table and its images, or with one folder of images for each class.',
  'bad-image': 'Choose another image.',
  'bad-split': 'Choose other split settings or a larger dataset.',
  corrupt: 'Restore the file from a copy, or make it again.',
  locked: 'Wait for the other process to end, or stop it.',
  'cases-locked': 'Unlock the cases with their passphrase.',
  'wrong-passphrase': 'Check capitals and the keyboard layout, then try again.',
  'disk-full': 'Free some space, then try again.',
  'out-of-memory': 'Choose a smaller batch or smaller images, or close other programs; then try again.',
  diverged: 'Choose a lower learning rate and start again.',
  'missing-component':
    'Get what is missing as said above, then try again; Settings lists all that is missing.',
  'worker-died': 'Try again. If it happens again, the log in the data folder says more.',
  internal: 'Try again. If it happens again, the log in the data folder says more.',
};

/**
 * @param thrown what was thrown, or a failure as a run remembers it
 * @param kept what the failure left as it was, in a sentence.
 */
export function explain(thrown: unknown, kept: string): Explanation {
  const { code, message } = isRemembered(thrown) ? thrown : toFailure(thrown);
  return { what: message, kept, next: NEXT[code as ErrorCode] ?? 'Try again.' };
}

function isRemembered(thrown: unknown): thrown is NonNullable<RunRecord['failure']> {
  if (typeof thrown !== 'object' || thrown === null || thrown instanceof Error) return false;
  return 'code' in thrown && 'message' in thrown;
}

/** Whether somebody cancelled: nothing to report. */
export function isCancelled(thrown: unknown): boolean {
  return toFailure(thrown).code === 'cancelled';
}
