/**
 * Compiles tfjs-node's addon with the C++ compiler alone: its two source files need no build system, and Node-API's
 * headers come from the package node-api-headers.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, run } from './child.mjs';
import { libraryFiles } from './native-library.mjs';
import { packageFolder } from './place.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./native-library.mjs').Library} Library */

/**
 * Compiles the addon beside its place and renames it there.
 * @param {Place} place
 * @param {Library} library
 * @param {string} target
 * @param {number} nodeApiVersion
 */
export async function compileAddon(place, library, target, nodeApiVersion) {
  const [compiler, ...options] = findCompiler(place);
  place.say(`      compiling with ${compiler} (about 20 s)`);
  const folder = dirname(dirname(target));
  mkdirSync(folder, { recursive: true });
  removePartials(folder);
  const temporary = mkdtempSync(join(folder, '.partial-'));
  try {
    const output = join(temporary, 'tfjs_binding.node');
    const args = [...options, ...compilerArguments(place, library, output, nodeApiVersion)];
    const result = await run(compiler, args, { env: place.env });
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
 * The compiler that CXX names (with options, as make allows), else the first that PATH has.
 * @param {Place} place
 * @returns {[string, ...string[]]} the program and its own options
 */
function findCompiler(place) {
  const [named, ...options] = place.env.CXX?.trim().split(/\s+/) ?? [];
  if (!named) {
    const found = findProgram(place, ['c++', 'g++', 'clang++']);
    if (found) return [found];
    throw new SetupProblem(
      'A C++ compiler is missing (c++, g++ or clang++).',
      howToGet('compiler', place.platform),
    );
  }
  const found = existsSync(named) ? named : findProgram(place, [named]);
  if (found) return [found, ...options];
  throw new SetupProblem(
    `The C++ compiler named in CXX, "${named}", was not found.`,
    howToGet('compiler', place.platform),
  );
}

/**
 * @param {Place} place
 * @param {Library} library
 * @param {string} output
 * @param {number} nodeApiVersion
 * @returns {string[]}
 */
function compilerArguments(place, library, output, nodeApiVersion) {
  const tfjs = packageFolder(place, '@tensorflow/tfjs-node-gpu');
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
