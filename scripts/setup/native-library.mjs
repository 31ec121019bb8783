/**
 * The native TensorFlow library: which one this checkout shall use, and getting it. It comes out of TensorFlow's own
 * Python wheels, pinned by version and sha256 in resources/native-library.json, into a cache that all checkouts share;
 * or it is one that a Python environment already has. The GPU build brings NVIDIA's libraries in wheels of their own,
 * kept as tensorflow/ and nvidia/ side by side, because that is where the library looks for them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { matchGivenWheels } from './given-wheels.mjs';
import { SetupProblem } from './problem.mjs';
import { addWheel, hasWheel } from './wheel.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./wheel.mjs').PinnedWheel} PinnedWheel */
/** @typedef {{ unpackedMegabytes: number, wheels: PinnedWheel[] }} PinnedLibrary */
/**
 * Where the library comes from: the pinned wheels, or a folder "tensorflow" of a Python environment.
 * @typedef {{ kind: 'wheel', variant: 'cpu' | 'gpu' } | { kind: 'python', folder: string }} Source
 */
/**
 * @typedef {object} Library
 * @property {string} version
 * @property {string} tensorflow folder with the shared libraries and include/
 * @property {string | null} nvidia folder with CUDA's libraries
 */

const headers = [
  'tensorflow/include/LICENSE',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
];

/**
 * File names of the two shared libraries.
 * @param {Place} place
 * @returns {[string, string]}
 */
export function libraryFiles(place) {
  return place.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

/**
 * @param {Place} place
 * @returns {{ version: string, libraries: Record<string, PinnedLibrary> }}
 */
function readPins(place) {
  return JSON.parse(readFileSync(join(place.root, 'resources', 'native-library.json'), 'utf8'));
}

/**
 * Whether there are pinned wheels for this platform. Where not (Windows, Intel Macs), the package's own installer
 * fetches an older library.
 * @param {Place} place
 */
export const hasPinnedLibrary = (place) =>
  readPins(place).libraries[`${place.platform}-${place.arch}-cpu`] !== undefined;

/**
 * The library that a source stands for, if it is complete.
 * @param {Place} place
 * @param {Source} source
 * @returns {Library | null}
 */
export function findLibrary(place, source) {
  if (source.kind === 'python') return readPythonLibrary(place, source.folder);
  const pins = readPins(place);
  const pinned = pins.libraries[`${place.platform}-${place.arch}-${source.variant}`];
  const folder = cachedFolder(place, pins.version, source.variant);
  if (!pinned?.wheels.every((wheel) => hasWheel(folder, wheel))) return null;
  return describeCached(folder, pins.version);
}

/**
 * The library that a source stands for, fetched if need be.
 * @param {Place} place
 * @param {Source} source
 * @param {string | undefined} from a wheel, or a folder of wheels, to take in place of downloads
 * @returns {Promise<Library>}
 */
export async function ensureLibrary(place, source, from) {
  if (source.kind === 'python') {
    const library = readPythonLibrary(place, source.folder);
    if (library) return library;
    throw new SetupProblem(
      `${source.folder} is not TensorFlow's folder in a Python environment: ${libraryFiles(place).join(', ')} and include/tensorflow/c/c_api.h are expected in it.`,
      'Ask that Python: python3 -c "import tensorflow; print(tensorflow.__path__[0])". It must have been installed by pip; conda builds keep these files elsewhere.',
    );
  }
  const pins = readPins(place);
  const pinned = pins.libraries[`${place.platform}-${place.arch}-${source.variant}`];
  if (!pinned) {
    throw new SetupProblem(
      `There is no pinned ${source.variant.toUpperCase()} build of TensorFlow ${pins.version} for ${place.platform} on ${place.arch}.`,
      source.variant === 'gpu'
        ? 'The GPU build is for Linux on x86-64 with an NVIDIA card. Use "npm run setup -- --cpu".'
        : 'Name an existing TensorFlow of a Python environment: "npm run setup -- --tensorflow PATH".',
    );
  }
  const folder = cachedFolder(place, pins.version, source.variant);
  const given = from ? await matchGivenWheels(from, pinned, pins.version) : new Map();
  mkdirSync(folder, { recursive: true });
  removePartials(folder);
  const missing = pinned.wheels.filter((wheel) => !hasWheel(folder, wheel));
  checkDiskSpace(place, pinned, missing, given);
  for (const wheel of missing)
    await addWheel(place, folder, wheel, prefixesOf(place, wheel), given.get(wheel.file));
  return describeCached(folder, pins.version);
}

/**
 * Whether the wheels carried here are some of a source's, whatever of it is there already.
 * @param {Place} place
 * @param {Source | { kind: 'installer' }} source
 * @param {string} from
 * @throws {SetupProblem} naming what is wrong with them
 */
export async function checkGivenWheels(place, source, from) {
  const pins = readPins(place);
  if (source.kind !== 'wheel') {
    throw new SetupProblem(
      `--from brings TensorFlow's wheels; this checkout ${source.kind === 'python' ? `uses the TensorFlow in ${source.folder}` : "has its library from tfjs-node's own installer"}.`,
      source.kind === 'python' ? 'Add --cpu or --gpu, or leave --from out.' : 'Leave --from out.',
    );
  }
  const pinned = pins.libraries[`${place.platform}-${place.arch}-${source.variant}`];
  if (pinned) await matchGivenWheels(from, pinned, pins.version);
}

/**
 * @param {Place} place
 * @param {string} version
 * @param {string} variant
 */
const cachedFolder = (place, version, variant) =>
  join(place.cache, 'native', `tensorflow-${version}-${place.platform}-${place.arch}-${variant}`);

/**
 * @param {string} folder
 * @param {string} version
 * @returns {Library}
 */
function describeCached(folder, version) {
  const nvidia = join(folder, 'nvidia');
  return { version, tensorflow: join(folder, 'tensorflow'), nvidia: existsSync(nvidia) ? nvidia : null };
}

/**
 * @param {Place} place
 * @param {string} folder
 * @returns {Library | null}
 */
function readPythonLibrary(place, folder) {
  const tensorflow = resolve(folder);
  const needed = [...libraryFiles(place), join('include', 'tensorflow', 'c', 'c_api.h')];
  if (!needed.every((name) => existsSync(join(tensorflow, name)))) return null;
  const metadata = readdirSync(dirname(tensorflow)).find((name) =>
    /^tensorflow(_cpu)?-[\d.]+\S*\.dist-info$/.test(name),
  );
  const nvidia = join(dirname(tensorflow), 'nvidia');
  return {
    version: metadata?.replace(/^tensorflow(_cpu)?-|\.dist-info$/g, '') ?? 'unknown',
    tensorflow,
    nvidia: existsSync(nvidia) ? nvidia : null,
  };
}

/**
 * Which members of a wheel are kept: the libraries and what the addon's compilation reads, not the Python code.
 * @param {Place} place
 * @param {PinnedWheel} wheel
 * @returns {string[]}
 */
function prefixesOf(place, wheel) {
  if (wheel.folder !== 'tensorflow') {
    return ['lib/', 'bin/ptxas', 'nvvm/libdevice/', 'LICENSE', 'License'].map(
      (name) => `${wheel.folder}/${name}`,
    );
  }
  const libraries = libraryFiles(place).map((name) => `tensorflow/${name}`);
  return [...libraries, ...headers, 'tensorflow/THIRD_PARTY_NOTICES.txt'];
}

/** What a set-up that was killed has left. @param {string} folder */
function removePartials(folder) {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.partial-')) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * @param {Place} place
 * @param {PinnedLibrary} pinned
 * @param {PinnedWheel[]} missing
 * @param {Map<string, string>} given
 */
function checkDiskSpace(place, pinned, missing, given) {
  if (missing.length === 0) return;
  const largest = Math.max(...missing.map((wheel) => (given.has(wheel.file) ? 0 : wheel.megabytes)));
  const total = pinned.wheels.reduce((sum, wheel) => sum + wheel.megabytes, 0);
  const share = missing.reduce((sum, wheel) => sum + wheel.megabytes, 0) / total;
  const needed = Math.ceil(pinned.unpackedMegabytes * share + largest * 2);
  const disk = statfsSync(place.cache);
  const free = Math.floor((disk.bavail * disk.bsize) / 1e6);
  if (free >= needed) return;
  throw new SetupProblem(
    `${place.cache} has ${free} MB free; the native library needs ${needed} MB while it is set up.`,
    'Free some space, or put the cache on another disk (XDG_CACHE_HOME on Linux).',
  );
}
