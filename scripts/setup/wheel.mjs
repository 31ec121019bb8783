/**
 * Gets the wanted part of one pinned Python wheel into the cache: downloaded by pip (or taken from a file carried
 * here), its sha256 checked, unpacked beside its place and renamed into it. Either the folder is there complete, with
 * a stamp that names the wheel, or it is not there at all.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { findProgram, run } from './child.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/**
 * @typedef {object} PinnedWheel
 * @property {string} package its name in the package index
 * @property {string} file
 * @property {string} sha256
 * @property {number} megabytes to download
 * @property {string} folder the wheel's folder that is kept, which is also its place in the library's folder
 */

const stampName = '.wheel.json';

/**
 * Whether the wheel's part is in the library's folder, complete and of this very wheel.
 * @param {string} libraryFolder
 * @param {PinnedWheel} wheel
 */
export function hasWheel(libraryFolder, wheel) {
  const stamp = join(libraryFolder, wheel.folder, stampName);
  return existsSync(stamp) && JSON.parse(readFileSync(stamp, 'utf8')).sha256 === wheel.sha256;
}

/**
 * Puts the wheel's part into the library's folder.
 * @param {Place} place
 * @param {string} libraryFolder
 * @param {PinnedWheel} wheel
 * @param {string[]} prefixes which of the wheel's members are kept
 * @param {string | undefined} given a file to take in place of a download
 */
export async function addWheel(place, libraryFolder, wheel, prefixes, given) {
  const python = await findPython(place);
  const temporary = mkdtempSync(join(libraryFolder, '.partial-'));
  try {
    const file = given ?? (await download(place, python, wheel, temporary));
    await checkHash(file, wheel);
    place.say(`      unpacking ${basename(file)}`);
    const unpacked = join(temporary, 'unpacked');
    const script = join(dirname(fileURLToPath(import.meta.url)), 'unpack-wheel.py');
    const result = await run(python, [script, file, unpacked, ...prefixes], { env: place.env });
    const folder = join(unpacked, wheel.folder);
    if (result.code !== 0 || !existsSync(folder)) {
      throw new SetupProblem(
        `${basename(file)} could not be unpacked into ${libraryFolder}: ${lastLines(result.stderr) || `it has no folder ${wheel.folder}`}`,
        'Check that the disk is not full, then run the same command again.',
      );
    }
    writeFileSync(join(folder, stampName), JSON.stringify({ file: wheel.file, sha256: wheel.sha256 }));
    const target = join(libraryFolder, wheel.folder);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {Place} place
 * @returns {Promise<string>} a Python 3 that runs
 */
async function findPython(place) {
  for (const name of ['python3', 'python', 'py']) {
    const python = findProgram(place, [name]);
    if (!python) continue;
    const answer = await run(python, ['-c', 'import sys, zipfile; sys.exit(sys.version_info < (3, 8))'], {
      env: place.env,
    });
    if (answer.code === 0) return python;
  }
  throw new SetupProblem(
    "Python 3 (3.8 or newer) is missing. TensorFlow's native library is taken out of its Python package.",
    howToGet('python', place.platform),
  );
}

/**
 * @param {Place} place
 * @param {string} python
 * @param {PinnedWheel} wheel
 * @param {string} temporary
 * @returns {Promise<string>} the downloaded file
 */
async function download(place, python, wheel, temporary) {
  if ((await run(python, ['-m', 'pip', '--version'], { env: place.env })).code !== 0) {
    throw new SetupProblem(
      `pip is missing (${python} has no module pip). It downloads ${wheel.file}.`,
      howToGet('python', place.platform),
    );
  }
  place.say(`      downloading ${wheel.file} (${wheel.megabytes} MB) with pip`);
  const requirements = join(temporary, 'requirements.txt');
  const version = wheel.file.split('-')[1];
  writeFileSync(requirements, `${wheel.package}==${version} --hash=sha256:${wheel.sha256}\n`);
  const platform = /** @type {string} */ (
    wheel.file
      .replace(/\.whl$/, '')
      .split('-')
      .at(-1)
  ).split('.')[0];
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--no-cache-dir',
    '--only-binary=:all:',
    '--require-hashes',
  ];
  args.push('--implementation', 'cp', '--python-version', '3.11', '--platform', String(platform));
  args.push(
    '--retries',
    '2',
    '--disable-pip-version-check',
    '--progress-bar',
    process.stderr.isTTY ? 'on' : 'off',
  );
  args.push('-d', temporary, '-r', requirements);
  const result = await run(python, args, { env: { ...place.env, TMPDIR: temporary }, show: true });
  const file = join(temporary, wheel.file);
  if (result.code !== 0 || !existsSync(file)) throw downloadProblem(wheel, result.stderr);
  return file;
}

/**
 * @param {PinnedWheel} wheel
 * @param {string} output pip's
 */
function downloadProblem(wheel, output) {
  if (/DO NOT MATCH THE HASHES/i.test(output)) {
    return new SetupProblem(
      `${wheel.file} from the package index has another sha256 than the pinned ${wheel.sha256}. It was thrown away.`,
      'Check which package index pip uses (pip config list). If the index is right, do not go on: report it.',
    );
  }
  return new SetupProblem(
    `pip could not download ${wheel.file}: ${lastLines(output)}`,
    'Check the connection and pip\'s proxy settings, then run the same command again; or download that file elsewhere and run "npm run setup -- --from FILE".',
  );
}

/**
 * @param {string} file
 * @param {PinnedWheel} wheel
 */
async function checkHash(file, wheel) {
  const found = await sha256(file);
  if (found === wheel.sha256) return;
  throw new SetupProblem(
    `${file} is not the file it should be: its sha256 is ${found}, expected ${wheel.sha256} (${wheel.file}).`,
    'It may be cut short or changed: copy or download it again. Nothing of it was kept.',
  );
}

/**
 * @param {string} file
 * @returns {Promise<string>} in hexadecimal
 */
export async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** @param {string} output */
const lastLines = (output) => output.trim().split('\n').slice(-2).join(' ');
