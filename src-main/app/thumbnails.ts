/**
 * Small copies of pictures, made by a worker when they are first looked at and kept in the data folder's cache by the hash
 * of their content. Runs in the host, which never decodes a picture.
 *
 * What a window waits for goes first, the latest wish before the earlier ones; a wish that nobody waits for any more is
 * dropped. What a gallery will need next is made after that. One worker at most, gone soon after the last wish.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError, toFailure } from '../contract/errors.ts';
import type { WorkerContract } from '../contract/worker.ts';
import type { Client } from '../rpc/client.ts';
import { type AppContext, runJob } from './context.ts';

export interface Picture {
  /** Absolute. */
  readonly file: string;
  readonly contentHash: string;
}

type Tell = (failure: AppError | null) => void;

interface Wish {
  readonly source: string;
  readonly target: string;
  readonly waiting: Set<Tell>;
}

/** How many are made in one go: few enough that a new wish is soon looked at. */
const WISHES_AT_ONCE = 24;
const PREPARED_AT_ONCE = 12;
const LINGER_MS = 3_000;
const PREPARE_AFTER_MS = 1_000;

export class Thumbnails {
  readonly #context: AppContext;
  readonly #folder: string;
  /** By target, the latest last. */
  readonly #wishes = new Map<string, Wish>();
  readonly #later = new Map<string, Wish>();
  /** Lists that are or were prepared. */
  readonly #known = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();
  #working: Promise<void> | null = null;
  #wakeUp: () => void = () => undefined;

  constructor(context: AppContext) {
    this.#context = context;
    this.#folder = join(context.folder.cache, 'thumbnails');
  }

  /**
   * The thumbnail's file, made if need be. @param signal aborted when nobody waits any more
   * @throws AppError `bad-image`, `cancelled`, `disk-full`, `read-only`, `worker-died`
   */
  async fileOf(picture: Picture, signal?: AbortSignal): Promise<string> {
    const fresh = this.#wishFor(picture);
    if (existsSync(fresh.target)) return fresh.target;
    if (this.#closing.signal.aborted) throw isClosing();
    const wish = this.#wishes.get(fresh.target) ?? fresh;
    // Put in again, it is the latest.
    this.#wishes.delete(wish.target);
    this.#wishes.set(wish.target, wish);
    const made = waitFor(wish, signal, () => this.#wishes.delete(wish.target));
    this.#start();
    await made;
    return wish.target;
  }

  /**
   * Prepares these a little later, once what a person looks at has been answered.
   * @param key of the list, which is asked for once while the application runs
   */
  prepareSoon(key: string, list: () => readonly Picture[]): void {
    if (this.#known.has(key) || this.#closing.signal.aborted) return;
    this.#known.add(key);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.prepare(list()).catch((error) => this.#context.log.warn({ err: error }, 'thumbnails'));
    }, PREPARE_AFTER_MS);
    this.#timers.add(timer);
  }

  /** Makes what is missing of these, in their order, while nothing is waited for. */
  async prepare(pictures: readonly Picture[]): Promise<void> {
    const there = await namesIn(this.#folder);
    for (const picture of pictures) {
      const wish = this.#wishFor(picture);
      if (!there.has(basename(wish.target))) this.#later.set(wish.target, wish);
    }
    if (this.#later.size > 0) this.#start();
  }

  /** Ends the worker; what is waited for fails. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#wakeUp();
    await this.#working;
    this.#settle([...this.#wishes.values()], isClosing);
  }

  #wishFor({ file, contentHash }: Picture): Wish {
    const target = join(this.#folder, contentHash.slice(0, 2), `${contentHash}.webp`);
    return { source: file, target, waiting: new Set() };
  }

  #start(): void {
    this.#wakeUp();
    if (this.#closing.signal.aborted) return;
    this.#working ??= runJob(this.#context, (worker) => this.#makeAll(worker), this.#closing.signal)
      .catch((thrown) => {
        this.#context.log.warn({ err: thrown }, 'thumbnails');
        this.#later.clear();
        const { code, message } = toFailure(thrown);
        this.#settle([...this.#wishes.values()], () => new AppError(code, message));
      })
      .finally(() => {
        this.#working = null;
        if (this.#wishes.size + this.#later.size > 0) this.#start();
      });
  }

  async #makeAll(worker: Client<WorkerContract>): Promise<void> {
    for (;;) {
      const batch = await this.#nextBatch();
      if (batch.length === 0 || this.#closing.signal.aborted) return;
      const pictures = batch.map(({ source, target }) => ({ source, target }));
      const problems = await worker.call('thumbnails.make', { pictures }, { signal: this.#closing.signal });
      this.#settle(batch, (index) => {
        const problem = problems[index] ?? null;
        return problem === null ? null : new AppError('bad-image', problem);
      });
    }
  }

  /** The latest wishes, or some of what is to be prepared; waits a little for new ones. */
  async #nextBatch(): Promise<Wish[]> {
    if (this.#wishes.size + this.#later.size === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LINGER_MS);
        this.#wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wakeUp = () => undefined;
    }
    if (this.#wishes.size > 0) return [...this.#wishes.values()].slice(-WISHES_AT_ONCE).reverse();
    return [...this.#later.values()].slice(0, PREPARED_AT_ONCE);
  }

  /** Tells all that wait, those too that came back to a wish while it was being made. */
  #settle(batch: readonly Wish[], failureOf: (index: number) => AppError | null): void {
    batch.forEach((wish, index) => {
      const waiting = new Set([...wish.waiting, ...(this.#wishes.get(wish.target)?.waiting ?? [])]);
      this.#wishes.delete(wish.target);
      this.#later.delete(wish.target);
      for (const tell of waiting) tell(failureOf(index));
    });
  }
}

/** @param drop called when the last that waited has gone */
function waitFor(wish: Wish, signal: AbortSignal | undefined, drop: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const tell: Tell = (failure) => {
      wish.waiting.delete(tell);
      signal?.removeEventListener('abort', giveUp);
      if (failure) reject(failure);
      else resolve();
    };
    const giveUp = () => {
      tell(new AppError('cancelled', 'Nobody waits for this picture any more.'));
      if (wish.waiting.size === 0) drop();
    };
    wish.waiting.add(tell);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}

const isClosing = () => new AppError('cancelled', 'Lesion Lab is closing.');

async function namesIn(folder: string): Promise<Set<string>> {
  if (!existsSync(folder)) return new Set();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
}
