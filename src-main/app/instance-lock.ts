/** The lock of the one program with windows that a data folder may have. Runs in the host; the command line goes without it. */
import { type LockAttempt, tryLock } from '../store/process-lock.ts';
import { prepareDataFolder } from './paths.ts';

/** Makes the folder if need be. @throws AppError `read-only`, `disk-full`, `bad-input` (a file is in the way) */
export function lockInstance(dataFolder: string): LockAttempt {
  return tryLock(prepareDataFolder(dataFolder).instanceLock);
}
