/** A clock that goes on only when it is told to. */
import type { Clock } from '../../src-main/app/idle-lock.ts';

export interface StoppedClock extends Clock {
  /** Time goes by, and what is due happens. */
  advance(ms: number): void;
  /** Time goes by without a timer, as for a computer that sleeps. */
  sleep(ms: number): void;
}

export function stoppedClock(start = Date.UTC(2026, 2, 4, 12)): StoppedClock {
  let now = start;
  const due = new Map<() => void, number>();
  return {
    now: () => new Date(now),
    after(delayMs, act) {
      const timer = () => act();
      due.set(timer, now + delayMs);
      return () => due.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const [timer, at] of [...due]) {
        if (at > now) continue;
        due.delete(timer);
        timer();
      }
    },
    sleep(ms) {
      now += ms;
    },
  };
}
