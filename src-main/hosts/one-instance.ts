/**
 * One program with windows for each data folder, whichever host it runs in: who has the folder's lock goes on; a later one asks it
 * for a window, which the browser host can be asked. Runs in the host.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockInstance } from '../app/instance-lock.ts';
import { AppError } from '../contract/errors.ts';
import { askRunningInstance } from './web/instance-file.ts';

export type Instance = { readonly release: () => void } | { readonly answer: string };

/** The first one may be about to leave its note, or to end. */
const LOOKS = 10;
const LOOK_AGAIN_MS = 200;

/**
 * @param printOnly asks the first one for an address in place of a window
 * @returns how to let go of the folder, or what the first one did, in words
 * @throws AppError `locked` where the first one cannot be asked, and those of a data folder that cannot be used
 */
export async function becomeInstance(
  dataFolder: string,
  printOnly: boolean,
  looks = LOOKS,
): Promise<Instance> {
  for (let look = 1; ; look++) {
    const attempt = lockInstance(dataFolder);
    if ('lock' in attempt) return attempt.lock;
    const answer = await askRunningInstance(dataFolder, printOnly);
    if (answer !== null) return { answer };
    if (look >= looks) throw alreadyOpen(dataFolder, attempt.heldBy);
    await sleep(LOOK_AGAIN_MS);
  }
}

function alreadyOpen(dataFolder: string, heldBy: number | null): AppError {
  return new AppError(
    'locked',
    `Lesion Lab is open on ${dataFolder} already${heldBy === null ? '' : ` (process ${heldBy})`}, in a window of its own. Go on there, or choose another folder with --data-dir.`,
    { details: { heldBy } },
  );
}
