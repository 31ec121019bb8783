/**
 * One set-up at a time for each user: a folder in the cache is the lock (making a folder is atomic on every file
 * system), with the owner's process id inside. A lock whose owner died is taken over; a live one is waited for.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stopChildren } from './child.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {{ pid: number, host: string }} Owner */

/** A lock without an owner inside is one being made; older than this it is one whose maker died in between. */
const nascentMs = 10_000;

/**
 * Runs `action` while holding the lock, which is given back whatever happens, signals included.
 * @template T
 * @param {Place} place
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(place, action) {
  const folder = join(place.cache, 'setup.lock');
  await takeLock(place, folder);
  const release = () => rmSync(folder, { recursive: true, force: true });
  /** @param {NodeJS.Signals} signal */
  const interrupted = (signal) => {
    stopChildren();
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('exit', release);
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    return await action();
  } finally {
    release();
    process.off('exit', release);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  }
}

/**
 * @param {Place} place
 * @param {string} folder
 */
async function takeLock(place, folder) {
  mkdirSync(place.cache, { recursive: true });
  let told = false;
  while (!claim(folder)) {
    const owner = readOwner(folder);
    if (isDead(folder, owner)) {
      takeAway(place, folder, owner);
      continue;
    }
    if (!told) {
      const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
      place.say(`Waiting for another set-up (${who}). If none is running, delete ${folder}`);
      told = true;
    }
    await wait(500);
  }
}

/** @param {string} folder */
function claim(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, host: hostname() }));
  return true;
}

/**
 * @param {string} folder
 * @returns {Owner | null} null while the lock is being made, or when it has just gone
 */
function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * @param {string} folder
 * @param {Owner | null} owner
 */
function isDead(folder, owner) {
  if (!owner) {
    const made = statSync(folder, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > nascentMs;
  }
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/**
 * Removes a dead owner's lock. Two waiters may try at once: the rename lets one win, and a lock that meanwhile is
 * another's is put back.
 * @param {Place} place
 * @param {string} folder
 * @param {Owner | null} owner
 */
function takeAway(place, folder, owner) {
  const aside = `${folder}.stale-${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return;
    throw error;
  }
  if (readOwner(aside)?.pid !== owner?.pid) {
    renameSync(aside, folder);
    return;
  }
  rmSync(aside, { recursive: true, force: true });
  place.say('Took over the lock of a set-up that had ended without finishing.');
}
