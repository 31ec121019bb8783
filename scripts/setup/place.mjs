/**
 * Where set-up works: the checkout, the per-user cache and the platform. Every other file in this folder takes a
 * Place and reads nothing global, so that tests can point set-up at folders of their own.
 * Runs on any Node >= 20, before anything is installed: Node's own modules only.
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Place
 * @property {string} root the checkout
 * @property {string} cache the per-user cache, shared by all checkouts of this user
 * @property {NodeJS.ProcessEnv} env
 * @property {NodeJS.Platform} platform
 * @property {string} arch as in process.arch
 * @property {(line: string) => void} say prints one line of progress
 */

/**
 * The checkout that this file belongs to, on this machine. Progress goes to standard error, so that standard output
 * stays free for what the caller prints.
 * @returns {Place}
 */
export function thisPlace() {
  return {
    root: join(dirname(fileURLToPath(import.meta.url)), '..', '..'),
    cache: cacheFolder(process.env, process.platform, homedir()),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

/**
 * The platform's usual place for what can be had again: $XDG_CACHE_HOME or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {string} home
 * @returns {string}
 */
export function cacheFolder(env, platform, home) {
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'lesion-lab', 'Cache');
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'lesion-lab');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'lesion-lab');
  return join(home, '.cache', 'lesion-lab');
}

/**
 * Folder of an installed npm package.
 * @param {Place} place
 * @param {string} name
 */
export const packageFolder = (place, name) => join(place.root, 'node_modules', ...name.split('/'));
