/** The Python that the peer runs on: named by LESION_LAB_KERAS_PYTHON, or an environment made once and kept in the per-user cache. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from '../scripts/setup/child.mjs';
import type { Place } from '../scripts/setup/place.mjs';

const REQUIREMENTS = join(import.meta.dirname, 'peer', 'requirements.txt');

/**
 * Path of a Python that has Keras.
 * @throws Error that says what to do when there is no Python 3 or pip fails
 */
export async function kerasPython(place: Place): Promise<string> {
  const named = place.env.LESION_LAB_KERAS_PYTHON;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(
      `LESION_LAB_KERAS_PYTHON is ${named}, which is not there; give the path of a Python program.`,
    );
  }
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(place.cache, 'bench', `keras-${version}`);
  const python =
    place.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    await makeEnvironment(place, folder, python);
    writeFileSync(complete, '');
  }
  return python;
}

/** Without a pip of its own (Debian keeps that in a package apart): the system's pip installs into it. */
async function makeEnvironment(place: Place, folder: string, python: string): Promise<void> {
  const system = findProgram(place, ['python3', 'python']);
  if (!system) throw new Error('The Keras peer needs Python 3.11 or newer with pip; none was found on PATH.');
  place.say(`Installing Keras and TensorFlow into ${folder} (about 300 MB to download, once)`);
  for (const parameters of [
    ['-m', 'venv', '--without-pip', folder],
    ['-m', 'pip', '--python', python, 'install', '--disable-pip-version-check', '-r', REQUIREMENTS],
  ]) {
    const { code, stderr } = await run(system, parameters, { show: true });
    if (code === 0) continue;
    throw new Error(
      `"${system} ${parameters.join(' ')}" failed (${stderr.trim().split('\n').at(-1)}). It needs Python 3.11 or newer with pip 22.3 or ` +
        'newer. Or set LESION_LAB_KERAS_PYTHON to a Python that has what bench/peer/requirements.txt lists.',
    );
  }
}
