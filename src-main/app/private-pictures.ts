/**
 * Pictures of patients, and reports on them, on their way between window and host: in memory alone, or out of the case store; never in a file. Runs in the host.
 * Ids: `held:<uuid>` of a picture that a window has sent to be classified, `case:<case>:<number>` of one that is kept, `page:<uuid>` of a
 * report.
 */
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../contract/errors.ts';
import { limited } from './upload-limit.ts';

/** Beyond it, the pictures that came first are let go. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;
const HELD = 'held:';
const PAGE = 'page:';
/** A window shows one at a time; those before are let go. */
const MOST_PAGES = 4;

export interface PrivatePictures {
  /** Keeps a picture in memory until it is forgotten. @returns its id @throws AppError `bad-input` (more than 128 MiB) */
  hold(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /** Keeps a report in memory until others come. @returns its id */
  holdPage(html: string): string;
  /** Lets go of all reports: what they are of is no longer there. */
  forgetPages(): void;
  /** Whether an id is one of these; others are for `Assets.fileOf`. */
  owns(id: string): boolean;
  /** @throws AppError `not-found`, `cases-locked`, `corrupt` */
  read(id: string): Buffer;
  forget(id: string): void;
  /** Lets go of all that is held. */
  clear(): void;
}

/** @param readKept gives the picture of a case; null for an id that is none */
export function createPrivatePictures(readKept: (id: string) => Buffer | null = () => null): PrivatePictures {
  const held = new Map<string, Buffer>();

  const forget = (id: string) => {
    held.get(id)?.fill(0);
    held.delete(id);
  };
  const pages = () => [...held.keys()].filter((id) => id.startsWith(PAGE));
  const makeRoom = () => {
    let total = [...held.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [id, { length }] of [...held].slice(0, -1)) {
      if (total <= MOST_HELD_BYTES) return;
      forget(id);
      total -= length;
    }
  };

  return {
    async hold(bytes) {
      const id = HELD + randomUUID();
      held.set(id, await buffer(limited(bytes)));
      makeRoom();
      return id;
    },
    holdPage(html) {
      const id = PAGE + randomUUID();
      held.set(id, Buffer.from(html));
      for (const earlier of pages().slice(0, -MOST_PAGES)) forget(earlier);
      return id;
    },
    forgetPages() {
      for (const id of pages()) forget(id);
    },
    owns: (id) => [HELD, PAGE, 'case:'].some((kind) => id.startsWith(kind)),
    read(id) {
      const bytes = held.get(id) ?? readKept(id);
      if (bytes) return bytes;
      throw new AppError('not-found', `There is no picture "${id}" any more. Choose it again.`);
    },
    forget,
    clear() {
      for (const id of [...held.keys()]) forget(id);
    },
  };
}
