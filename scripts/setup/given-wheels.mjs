/**
 * Wheels carried to this machine on a stick, for workstations without a connection: which of the wanted ones they are.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SetupProblem } from './problem.mjs';
import { sha256 } from './wheel.mjs';

/** @typedef {import('./native-library.mjs').PinnedLibrary} PinnedLibrary */

/**
 * Pairs the wheels carried here with those that are wanted, by name; a single file that was renamed, by its hash.
 * @param {string} from
 * @param {PinnedLibrary} pinned
 * @param {string} version
 * @returns {Promise<Map<string, string>>} from pinned file name to path
 */
export async function matchGivenWheels(from, pinned, version) {
  const path = resolve(from);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new SetupProblem(
      `${path} does not exist.`,
      'Give --from the path of a wheel (.whl) or of a folder of wheels.',
    );
  const wanted = pinned.wheels.map((wheel) => wheel.file);
  if (stat.isDirectory()) {
    const found = readdirSync(path).filter((name) => wanted.includes(name));
    if (found.length > 0) return new Map(found.map((name) => [name, join(path, name)]));
    throw new SetupProblem(`${path} has none of the wheels that are needed.`, `Needed: ${wanted.join(', ')}`);
  }
  const name = basename(path);
  if (wanted.includes(name)) return new Map([[name, path]]);
  const hash = await sha256(path);
  const same = pinned.wheels.find((wheel) => wheel.sha256 === hash);
  if (same) return new Map([[same.file, path]]);
  const parts = /^(tensorflow(?:_cpu)?)-([^-]+)-([^-]+)-.*\.whl$/.exec(name);
  throw new SetupProblem(
    parts
      ? `${name} is ${parts[1]} ${parts[2]} for ${parts[3]}; this version needs TensorFlow ${version} as ${wanted[0]}.`
      : `${name} is none of the wheels that are needed (its sha256 is ${hash}).`,
    `Get ${wanted.join(', ')}. The CPU and the GPU build are different files: see --gpu and --cpu.`,
  );
}
