/**
 * What this checkout was set up with: kept in node_modules, so that a later start knows the chosen build, and `lab
 * doctor` can say where the library came from.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('./place.mjs').Place} Place */
/** @typedef {import('./native-library.mjs').Source} Source */
/**
 * @typedef {object} Choice
 * @property {Source | { kind: 'installer' }} source "installer" is tfjs-node's own, where no wheel is pinned
 * @property {string} [libraryVersion] of TensorFlow
 * @property {string} [libraryFolder]
 * @property {string} [addonKey] set once the addon has been loaded and has computed something
 * @property {string} [device] what the check ran on: "cpu" or "gpu"
 */

/** @param {Place} place */
const choiceFile = (place) => join(place.root, 'node_modules', '.lesion-lab-setup.json');

/**
 * @param {Place} place
 * @returns {Choice | null}
 */
export function readChoice(place) {
  const file = choiceFile(place);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * @param {Place} place
 * @param {Choice} choice
 */
export function writeChoice(place, choice) {
  const file = choiceFile(place);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(choice, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
