/**
 * Electron's binary: the npm package comes without it. It is the one part that the engine, the command line and the
 * tests do without, so a failed download is told in one line, remembered, and tried again only when asked for.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { packageFolder } from './place.mjs';

/** @typedef {import('./place.mjs').Place} Place */

const reachMs = 5_000;
const downloadMs = 300_000;

/**
 * Whether Electron's binary is installed: told from its files, because importing the package starts a download.
 * @param {Place} place
 */
export function hasElectron(place) {
  const path = join(packageFolder(place, 'electron'), 'path.txt');
  return (
    existsSync(path) &&
    existsSync(join(packageFolder(place, 'electron'), 'dist', readFileSync(path, 'utf8').trim()))
  );
}

/**
 * Whether an earlier set-up found that this version's binary is not to be had.
 * @param {Place} place
 */
export const isElectronUnavailable = (place) => existsSync(unavailableFile(place));

/**
 * Tries to fetch the binary with the package's own installer.
 * @param {Place} place
 * @param {string} node
 * @returns {Promise<boolean>} whether it is installed now
 */
export async function tryElectron(place, node) {
  const canTry = await canReachDownloads(place);
  const installer = join(packageFolder(place, 'electron'), 'install.js');
  if (canTry) await run(node, [installer], { cwd: place.root, env: place.env, timeoutMs: downloadMs });
  if (hasElectron(place)) {
    rmSync(unavailableFile(place), { force: true });
    return true;
  }
  mkdirSync(place.cache, { recursive: true });
  writeFileSync(unavailableFile(place), '');
  return false;
}

/** @param {Place} place */
function unavailableFile(place) {
  return join(place.cache, `electron-${electronVersion(place)}-${place.platform}-${place.arch}.unavailable`);
}

/** @param {Place} place */
const electronVersion = (place) =>
  JSON.parse(readFileSync(join(packageFolder(place, 'electron'), 'package.json'), 'utf8')).version;

/**
 * A quick look whether the place of the downloads answers, since behind a firewall the installer may wait for minutes.
 * With a mirror or a proxy only the installer itself can tell.
 * @param {Place} place
 */
async function canReachDownloads(place) {
  const { env } = place;
  if (env.ELECTRON_MIRROR || env.npm_config_electron_mirror || env.HTTPS_PROXY || env.https_proxy)
    return true;
  const address = `https://github.com/electron/electron/releases/download/v${electronVersion(place)}/SHASUMS256.txt`;
  try {
    return (await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(reachMs) })).ok;
  } catch {
    return false;
  }
}
