/**
 * What a training tells, written into the history in the order in which it was told. Another program that holds the history is waited for
 * while the training goes on. Runs in the host.
 */
import type { Db } from '../store/open.ts';
import { type Patience, patiently } from '../store/patiently.ts';

export interface RunJournal {
  /** Nothing is written any more once something could not be. */
  write(work: () => void): void;
  /** Resolves when all was written. @throws what could not be written failed with */
  settled(): Promise<void>;
}

/** @param onFailure called once, when something could not be written */
export function createRunJournal(db: Db, patience: Patience, onFailure: () => void): RunJournal {
  let written = Promise.resolve();
  let hasFailed = false;
  const fail = () => {
    if (!hasFailed) onFailure();
    hasFailed = true;
  };
  return {
    write(work) {
      written = written.then(() => patiently(db, work, patience));
      written.catch(fail);
    },
    settled: () => written,
  };
}
