/**
 * The Python that a peer runs on. Keras: named by LESION_LAB_KERAS_PYTHON, or an environment made once and kept in the per-user
 * cache. PyTorch: named by LESION_LAB_TORCH_PYTHON, or the system's own; nothing is installed, its wheels bring gigabytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from '../scripts/setup/child.mjs';
import type { Place } from '../scripts/setup/place.mjs';

const REQUIREMENTS = {
  cpu: join(import.meta.dirname, 'peer', 'requirements.txt'),
  gpu: join(import.meta.dirname, 'peer', 'requirements-gpu.txt'),
} as const;

/**
 * Path of a Python that has Keras.
 * @param device whose build of TensorFlow it shall have; `gpu` brings CUDA, 3 GB to download
 * @throws Error that says what to do when there is no Python 3 or pip fails
 */
export async function kerasPython(place: Place, device: 'cpu' | 'gpu'): Promise<string> {
  const named = place.env.LESION_LAB_KERAS_PYTHON;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(
      `LESION_LAB_KERAS_PYTHON is ${named}, which is not there; give the path of a Python program.`,
    );
  }
  const requirements = REQUIREMENTS[device];
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(place.cache, 'bench', `keras-${version}`);
  const python =
    place.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    await makeEnvironment(place, folder, python, requirements);
    writeFileSync(complete, '');
  }
  return python;
}

/** Without a pip of its own (Debian keeps that in a package apart): the system's pip installs into it. */
async function makeEnvironment(
  place: Place,
  folder: string,
  python: string,
  requirements: string,
): Promise<void> {
  const system = findProgram(place, ['python3', 'python']);
  if (!system) throw new Error('The Keras peer needs Python 3.11 or newer with pip; none was found on PATH.');
  place.say(`Installing Keras and TensorFlow into ${folder} (300 MB to download, with CUDA 3 GB; once)`);
  for (const parameters of [
    ['-m', 'venv', '--without-pip', folder],
    ['-m', 'pip', '--python', python, 'install', '--disable-pip-version-check', '-r', requirements],
  ]) {
    const { code, stderr } = await run(system, parameters, { show: true });
    if (code === 0) continue;
    throw new Error(
      `"${system} ${parameters.join(' ')}" failed (${stderr.trim().split('\n').at(-1)}). It needs Python 3.11 or newer with pip 22.3 or ` +
        'newer. Or set LESION_LAB_KERAS_PYTHON to a Python that has what bench/peer/requirements.txt lists.',
    );
  }
}

/**
 * Path of a Python that has PyTorch and torchvision.
 * @throws Error that says how to get them
 */
export async function torchPython(place: Place): Promise<string> {
  const python = place.env.LESION_LAB_TORCH_PYTHON || findProgram(place, ['python3', 'python']);
  const needed = 'import torch, torchvision, PIL';
  if (python && existsSync(python) && (await run(python, ['-c', needed])).code === 0) return python;
  throw new Error(
    `${python ?? 'Python 3'} has no PyTorch: "${needed}" fails. Debian has a build for processors (apt install python3-torch python3-torchvision); ` +
      'with pip: pip install torch torchvision pillow. LESION_LAB_TORCH_PYTHON names the Python that has them.',
  );
}
