/**
 * The npm packages: whether node_modules is what package-lock.json says, and making it so. Install scripts stay off;
 * the later steps do what is needed of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, run } from './child.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/**
 * Whether every locked package is installed in its locked version. Packages for other platforms may be absent.
 * @param {Place} place
 */
export function hasNodePackages(place) {
  const installedFile = join(place.root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(place.root, 'package-lock.json'))).every(([path, locked]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return locked.optional === true;
    return (
      found.version === locked.version &&
      found.integrity === locked.integrity &&
      existsSync(join(place.root, path))
    );
  });
}

/** @param {string} file @returns {Record<string, LockedPackage>} */
const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/**
 * Installs the locked packages, development ones included.
 * @param {Place} place
 */
export async function ensureNodePackages(place) {
  place.say('      npm ci (about 240 packages)');
  const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--loglevel=error'];
  const npm = findNpm(place);
  const result = await run(npm.program, [...npm.arguments, ...args], {
    cwd: place.root,
    env: place.env,
    show: true,
  });
  if (result.code === 0) return;
  throw new SetupProblem(
    `npm could not install the packages (exit status ${result.code}); its own message stands above.`,
    'Check the connection and npm\'s proxy settings ("npm config list"). On a workstation without a connection, copy node_modules from a checkout on a machine of the same kind.',
  );
}

/**
 * The npm that runs this script, else PATH's, else the one beside this Node.
 * @param {Place} place
 * @returns {{ program: string, arguments: string[] }}
 */
function findNpm(place) {
  const running = place.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running) && existsSync(running)) {
    return { program: process.execPath, arguments: [running] };
  }
  const program = findProgram(place, ['npm']);
  if (program) return { program, arguments: [] };
  const beside = join(dirname(process.execPath), place.platform === 'win32' ? 'npm.cmd' : 'npm');
  if (existsSync(beside)) return { program: beside, arguments: [] };
  throw new SetupProblem('npm is missing.', howToGet('npm', place.platform));
}
