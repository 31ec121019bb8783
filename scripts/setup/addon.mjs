/**
 * The Node addon of tfjs-node: compiled once against the native library, kept in the cache, and put into node_modules
 * beside links to the library.
 */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
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
  for (const { at, to } of libraryLinks(place, library)) replaceLink(at, to);
  replaceCuda(nvidiaFolder(place), library.nvidia);
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
const depsFolder = (place) => join(packageFolder(place, tfjsPackage), 'deps');

/** @param {Place} place */
const nvidiaFolder = (place) => join(depsFolder(place), 'nvidia');

/**
 * The links that the addon's and the library's run paths lead through. The loader takes $ORIGIN as the folder of the
 * link, not of what it leads to, so nvidia/ is needed beside lib/ as well.
 * @param {Place} place
 * @param {Library} library
 * @returns {{ at: string, to: string }[]}
 */
function linksOf(place, library) {
  const libraries = libraryLinks(place, library);
  return library.nvidia ? [...libraries, ...cudaLinks(nvidiaFolder(place), library.nvidia)] : libraries;
}

/**
 * @param {Place} place
 * @param {Library} library
 */
const libraryLinks = (place, library) =>
  libraryFiles(place).map((name) => ({
    at: join(depsFolder(place), 'lib', name),
    to: join(library.tensorflow, name),
  }));

/**
 * CUDA's folders as TensorFlow's C library looks for them: libtensorflow_framework, which opens them all, has no run path to cusolver's
 * folder (Python's TensorFlow has another one), and one file that is not found makes it do without the card. So cusolver's file stands
 * in cusparse's folder too.
 * @param {string} at
 * @param {string} nvidia
 * @returns {{ at: string, to: string }[]}
 */
function cudaLinks(at, nvidia) {
  const folders = readdirSync(nvidia).filter((name) => !/^[._]/.test(name) && isFolder(join(nvidia, name)));
  const whole = folders
    .filter((name) => name !== 'cusparse')
    .map((name) => ({ at: join(at, name), to: join(nvidia, name) }));
  const merged = folders
    .filter((name) => ['cusparse', 'cusolver'].includes(name))
    .map((name) => join(nvidia, name, 'lib'))
    .filter(isFolder)
    .flatMap((lib) => readdirSync(lib).map((file) => ({ file, to: join(lib, file) })))
    .filter(({ file }) => file.includes('.so'))
    .map(({ file, to }) => ({ at: join(at, 'cusparse', 'lib', file), to }));
  return [...whole, ...merged];
}

/** @param {string} path */
const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Made beside its place, then exchanged.
 * @param {string} folder
 * @param {string | null} nvidia
 */
function replaceCuda(folder, nvidia) {
  const beside = `${folder}.new`;
  rmSync(beside, { recursive: true, force: true });
  if (nvidia) for (const { at, to } of cudaLinks(beside, nvidia)) replaceLink(at, to);
  rmSync(folder, { recursive: true, force: true });
  if (nvidia) renameSync(beside, folder);
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
