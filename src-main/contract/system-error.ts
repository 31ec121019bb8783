/**
 * What the operating system and the native library report, in codes and words of the contract. Pure; runs in hosts and in
 * workers.
 */
import { AppError, type ErrorCode } from './errors.ts';

const OUT_OF_MEMORY =
  /\b(OOM when allocating|ResourceExhausted|RESOURCE_EXHAUSTED|bad_alloc|out of memory|failed to allocate|Array buffer allocation failed)\b/i;

/** Whether `words`, of TensorFlow, the C++ library or V8, say that an allocation failed. */
export function tellsOutOfMemory(words: string): boolean {
  return OUT_OF_MEMORY.test(words);
}

/**
 * Turns a full disk, a file that may not grow, a folder that cannot be written, a file that is not there and lack of memory into an AppError;
 * anything else comes back as it is.
 */
export function explainSystemError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown;
  const path = 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : 'a file';
  const explained = (code: ErrorCode, message: string) => new AppError(code, message, { cause: thrown });
  switch ('code' in thrown ? thrown.code : undefined) {
    case 'ENOSPC':
    case 'EDQUOT':
      return explained(
        'disk-full',
        `The disk is full: ${path} could not be written. Free some space, then try again; what was saved before is kept.`,
      );
    case 'EFBIG':
      return explained(
        'disk-full',
        `The file size limit is reached: ${path} could not be written. Raise the limit ("ulimit -f unlimited"), or choose a folder on another disk; what was saved before is kept.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return explained(
        'read-only',
        `${path} may not be read or written (${thrown.message}). Check its rights, or choose another folder with --data-dir.`,
      );
    case 'ENOENT':
      return explained('not-found', `${path} is not there. Check the path.`);
  }
  if (tellsOutOfMemory(thrown.message)) return outOfMemory(thrown);
  return thrown;
}

/** @param cause whose details, if it has any, are its own too */
export function outOfMemory(cause?: unknown): AppError {
  const details = cause instanceof AppError ? { ...cause.details } : {};
  return new AppError(
    'out-of-memory',
    'The memory was not enough. Choose a smaller batch or smaller images, train fewer layers, or close other programs; then resume or start again.',
    { cause, details },
  );
}
