/**
 * The Node addon of tfjs-node: compiled once against the native library, kept in the cache, and put into node_modules
 * beside links to the library.
 */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { compileAddon } from './compile-addon.mjs';
import { libraryFiles } from './native-library.mjs';
import { packageFolder } from './place.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./native-library.mjs').Library} Library */

const tfjsPackage = '@tensorflow/tfjs-node-gpu';
const nodeApiVersion = 8;

/**
 * Where tfjs-node looks for its addon.
 * @param {Place} place
 */
export const addonFile = (place) =>
  join(packageFolder(place, tfjsPackage), 'lib', `napi-v${nodeApiVersion}`, 'tfjs_binding.node');

/**
 * What an addon depends on, as a name: it serves the CPU and the GPU build of one version alike.
 * @param {Place} place
 * @param {Library} library
 */
export function addonKey(place, library) {
  const { version } = JSON.parse(
    readFileSync(join(packageFolder(place, tfjsPackage), 'package.json'), 'utf8'),
  );
  return `tfjs-${version}-napi-${nodeApiVersion}-tensorflow-${library.version}-${place.platform}-${place.arch}`;
}

/**
 * Whether the addon is in node_modules and its links lead to this very library.
 * @param {Place} place
 * @param {Library} library
 */
export function hasAddon(place, library) {
  if (!existsSync(addonFile(place))) return false;
  return linksOf(place, library).every(({ at, to }) => {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    return stat?.isSymbolicLink() === true && readlinkSync(at) === to && existsSync(to);
  });
}

/**
 * Builds the addon if the cache has none for this library, and puts it in place.
 * @param {Place} place
 * @param {Library} library
 */
export async function ensureAddon(place, library) {
  const cached = cachedAddon(place, library);
  if (!existsSync(cached)) await compileAddon(place, library, cached, nodeApiVersion);
  const target = addonFile(place);
  mkdirSync(dirname(target), { recursive: true });
  for (const { at, to } of linksOf(place, library)) replaceLink(at, to);
  if (!library.nvidia) rmSync(nvidiaLink(place), { recursive: true, force: true });
  copyFileSync(cached, `${target}.new`);
  renameSync(`${target}.new`, target);
}

/**
 * Removes what `ensureAddon` made, in the cache too: for an addon that turned out not to load.
 * @param {Place} place
 * @param {Library} library
 */
export function removeAddon(place, library) {
  rmSync(dirname(cachedAddon(place, library)), { recursive: true, force: true });
  rmSync(addonFile(place), { force: true });
}

/**
 * @param {Place} place
 * @param {Library} library
 */
const cachedAddon = (place, library) =>
  join(place.cache, 'addon', addonKey(place, library), 'tfjs_binding.node');

/** @param {Place} place */
const nvidiaLink = (place) => join(packageFolder(place, tfjsPackage), 'deps', 'nvidia');

/**
 * The links that the addon's and the library's run paths lead through. The loader takes $ORIGIN as the folder of the
 * link, not of what it leads to, so nvidia/ needs a link beside lib/ as well.
 * @param {Place} place
 * @param {Library} library
 */
function linksOf(place, library) {
  const deps = join(packageFolder(place, tfjsPackage), 'deps');
  const links = libraryFiles(place).map((name) => ({
    at: join(deps, 'lib', name),
    to: join(library.tensorflow, name),
  }));
  if (library.nvidia) links.push({ at: nvidiaLink(place), to: library.nvidia });
  return links;
}

/**
 * Makes or turns a link in one step, so that a process starting meanwhile finds the old or the new one.
 * @param {string} at
 * @param {string} to
 */
function replaceLink(at, to) {
  mkdirSync(dirname(at), { recursive: true });
  const beside = `${at}.new`;
  rmSync(beside, { recursive: true, force: true });
  symlinkSync(to, beside);
  renameSync(beside, at);
}
