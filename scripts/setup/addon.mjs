/**
 * The Node addon of tfjs-node: compiled once against the native library with the C++ compiler alone (its two source
 * files need no build system, and Node-API's headers come from the package node-api-headers), kept in the cache, and
 * put into node_modules beside links to the library.
 */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, run } from './child.mjs';
import { libraryFiles } from './native-library.mjs';
import { packageFolder } from './place.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

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
  if (!existsSync(cached)) await compile(place, library, cached);
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

/**
 * @param {Place} place
 * @param {Library} library
 * @param {string} target
 */
async function compile(place, library, target) {
  const compiler = findCompiler(place);
  place.say(`      compiling with ${compiler} (about 20 s)`);
  mkdirSync(dirname(dirname(target)), { recursive: true });
  removePartials(dirname(dirname(target)));
  const temporary = mkdtempSync(join(dirname(dirname(target)), '.partial-'));
  try {
    const output = join(temporary, 'tfjs_binding.node');
    const result = await run(compiler, compilerArguments(place, library, output), { env: place.env });
    if (result.code !== 0 || !existsSync(output)) {
      throw new SetupProblem(
        `${compiler} could not compile the TensorFlow addon:\n${result.stderr.trim().split('\n').slice(-20).join('\n')}`,
        'A compiler that knows C++17 is needed (g++ 8 or clang 7 or newer); another one can be named in the variable CXX.',
      );
    }
    mkdirSync(dirname(target), { recursive: true });
    renameSync(output, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function removePartials(folder) {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.partial-')) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * @param {Place} place
 * @returns {string}
 */
function findCompiler(place) {
  const named = place.env.CXX;
  const compiler =
    findProgram(place, named ? [named] : ['c++', 'g++', 'clang++']) ??
    (existsSync(named ?? '') ? named : null);
  if (compiler) return compiler;
  throw new SetupProblem(
    named
      ? `The C++ compiler named in CXX, "${named}", was not found.`
      : 'A C++ compiler is missing (c++, g++ or clang++).',
    howToGet('compiler', place.platform),
  );
}

/**
 * @param {Place} place
 * @param {Library} library
 * @param {string} output
 * @returns {string[]}
 */
function compilerArguments(place, library, output) {
  const tfjs = packageFolder(place, tfjsPackage);
  const isMac = place.platform === 'darwin';
  const definitions = [
    `NAPI_VERSION=${nodeApiVersion}`,
    'NODE_GYP_MODULE_NAME=tfjs_binding',
    'BUILDING_NODE_EXTENSION',
  ];
  const includes = [
    join(packageFolder(place, 'node-api-headers'), 'include'),
    join(library.tensorflow, 'include'),
    tfjs,
  ];
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17'],
    ...definitions.map((definition) => `-D${definition}`),
    ...includes.flatMap((folder) => ['-I', folder]),
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(tfjs, 'binding', name)),
    ...libraryFiles(place).map((name) => join(library.tensorflow, name)),
    ...(isMac ? ['-undefined', 'dynamic_lookup'] : []),
    `-Wl,-rpath,${isMac ? '@loader_path' : '$ORIGIN'}/../../deps/lib`,
    ...['-o', output],
  ];
}
