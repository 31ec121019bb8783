/**
 * A person's wishes, as the training loop meets them: between two steps it waits while it is paused, after an epoch it may end.
 * Runs in the worker. Nothing here touches a number: a run that was paused gives what one that was not would give.
 */
import type { Steering } from '../contract/schema/queue.ts';

export interface TrainingControl {
  steer(wish: Steering): void;
  readonly isPaused: boolean;
  readonly afterEpoch: Steering['afterEpoch'];
  /** Resolves once it is not paused any more, or `signal` aborts. @returns how long that took, ms */
  untilGoing(signal: AbortSignal): Promise<number>;
}

export function createTrainingControl(): TrainingControl {
  let wish: Steering = { paused: false, afterEpoch: 'go-on' };
  let wake: () => void = () => undefined;
  return {
    steer(next) {
      wish = next;
      if (!wish.paused) wake();
    },
    get isPaused() {
      return wish.paused;
    },
    get afterEpoch() {
      return wish.afterEpoch;
    },
    async untilGoing(signal) {
      const began = performance.now();
      while (wish.paused && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      return performance.now() - began;
    },
  };
}
