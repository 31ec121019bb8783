/** Locks when nobody has done anything for a while; a computer that slept meanwhile counts too. Runs in the host. */

export interface Clock {
  now(): Date;
  /** @returns what calls it off */
  after(delayMs: number, act: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export class IdleLock {
  readonly #clock: Clock;
  readonly #idleMs: () => number;
  readonly #lock: () => void;
  #usedAt: number;
  #callOff: () => void = () => undefined;

  /** @param idleMs asked anew each time, so that a changed setting holds at once */
  constructor(clock: Clock, idleMs: () => number, lock: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#lock = lock;
    this.#usedAt = clock.now().getTime();
  }

  /** Locks if the time is over, for one whose timer has slept. */
  check(): void {
    if (this.#clock.now().getTime() - this.#usedAt >= this.#idleMs()) this.#lock();
  }

  /** Somebody is there: the time begins anew, unless it is over. */
  use(): void {
    this.check();
    this.#usedAt = this.#clock.now().getTime();
    this.#callOff();
    this.#callOff = this.#clock.after(this.#idleMs(), () => this.check());
  }

  close(): void {
    this.#callOff();
  }
}
