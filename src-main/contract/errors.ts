/**
 * The errors that cross a boundary. Pure; runs in every process.
 *
 * `AppError` is the only thing thrown on purpose: its message says what was received, what was expected and
 * what to do. Anything else that is thrown is a defect and is reported as `internal`.
 */

export const ERROR_CODES = [
  'bad-input', // a value, key or argument that a person gave
  'not-found', // a file, run, dataset or model that was named and is not there
  'bad-dataset', // a folder or table that cannot be read as a dataset
  'bad-image', // one image that cannot be decoded
  'bad-split', // a split that cannot be made, or leaves a class out
  'bad-model', // a model definition, folder or weights file that does not fit
  'corrupt', // a hash does not match, a file is truncated
  'newer-version', // a database or file that a newer Lesion Lab wrote
  'locked', // another process holds the database or the data folder
  'cases-locked', // the kept cases are encrypted and the passphrase has not been given
  'wrong-passphrase',
  'read-only', // the disk or folder cannot be written
  'disk-full',
  'out-of-memory',
  'diverged', // the loss became NaN or infinite
  'no-device', // the GPU was asked for and is not there
  'missing-component', // the native library, weights, a binary: something set-up brings
  'worker-died', // the worker process ended without an answer
  'cancelled',
  'conflict', // the request does not fit the state (resume of a completed run)
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** A failure as data, the only form in which an error crosses a Link. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
  }
}

/** Turns anything thrown into a Failure; what is not an AppError becomes `internal`, without its stack. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof AppError) {
    return thrown.details === undefined
      ? { code: thrown.code, message: thrown.message }
      : { code: thrown.code, message: thrown.message, details: thrown.details };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Turns a Failure that came over a Link back into an error to throw. */
export function fromFailure(failure: Failure): AppError {
  return new AppError(
    failure.code,
    failure.message,
    failure.details ? { details: { ...failure.details } } : {},
  );
}

/**
 * The nearest of `known` to what was typed, for "did you mean"; null when none is near
 * (Levenshtein distance above a third of the word's length, and above 2) or none has a letter in common.
 */
export function nearestName(typed: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    const distance = levenshtein(typed.toLowerCase(), candidate.toLowerCase());
    if (distance < Math.min(bestDistance, Math.max(typed.length, candidate.length))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function levenshtein(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length]!;
}
