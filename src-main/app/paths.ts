/**
 * Where everything that the product keeps lies: one data folder. Runs in the host.
 * Linux: $XDG_DATA_HOME/lesion-lab or ~/.local/share/lesion-lab; macOS: ~/Library/Application Support/Lesion Lab; Windows:
 * %LOCALAPPDATA%\Lesion Lab.
 */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../contract/errors.ts';
import { explainSystemError } from '../contract/system-error.ts';

export interface DataFolder {
  readonly root: string;
  readonly database: string;
  /** The kept cases, apart from the experiments. */
  readonly cases: string;
  readonly trainingLock: string;
  /** Of the program with windows. */
  readonly instanceLock: string;
  readonly logFile: string;
  /** One sub-folder a run, named by its id. */
  readonly runs: string;
  readonly cache: string;
  /** ImageNet weights that were imported. */
  readonly weights: string;
  /** The drawn demo set. */
  readonly synthetic: string;
  /** Released models, one sub-folder each, named by the hash of its file. */
  readonly models: string;
  /** With which this workstation signs what it releases. */
  readonly signingKey: string;
}

/** ImageNet weights that come with the product. */
export const BUNDLED_WEIGHTS = fileURLToPath(new URL('../../resources/weights', import.meta.url));

/** Released models that come with the product; the folder may be missing. */
export const BUNDLED_MODELS = fileURLToPath(new URL('../../resources/models', import.meta.url));

/**
 * The platform's usual place, or LESION_LAB_DATA_DIR.
 * @param chosen a folder given by a person, which goes before both
 * @throws AppError `bad-input` for an empty text, which a variable of the shell that is not set leaves
 */
export function chooseDataFolder(
  chosen: string | undefined,
  system: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform; home: string },
): string {
  const { env, platform, home } = system;
  if (chosen === '')
    throw new AppError(
      'bad-input',
      '--data-dir needs a folder; received "". Leave it out for the usual place.',
    );
  const named = chosen ?? env.LESION_LAB_DATA_DIR;
  if (named) return resolve(named);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Lesion Lab');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Lesion Lab');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'lesion-lab');
}

/** Makes the folder and what it needs. @throws AppError `read-only`, `disk-full`, `bad-input` (a file is in the way) */
export function prepareDataFolder(root: string): DataFolder {
  const folder: DataFolder = {
    root,
    database: join(root, 'lesion-lab.sqlite'),
    cases: join(root, 'cases.sqlite'),
    trainingLock: join(root, 'training.lock'),
    instanceLock: join(root, 'instance.lock'),
    logFile: join(root, 'logs', 'lesion-lab.log'),
    runs: join(root, 'runs'),
    cache: join(root, 'cache'),
    weights: join(root, 'weights'),
    synthetic: join(root, 'synthetic'),
    models: join(root, 'models'),
    signingKey: join(root, 'signing-key.pem'),
  };
  try {
    makeFolder(root);
    for (const path of [folder.runs, folder.cache, folder.weights, folder.models, join(root, 'logs')])
      makeFolder(path);
    accessSync(root, constants.W_OK);
  } catch (thrown) {
    throw explainDataFolder(thrown, root);
  }
  return folder;
}

/**
 * Makes a folder and its parents, closed to other users: images and reports of patients may lie in it. One that is there is left
 * as it is. Goes step by step, since Node's recursive way never ends where nothing can be made (under /proc).
 */
function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

export function runFolder(folder: DataFolder, runId: number): string {
  return join(folder.runs, String(runId));
}

/** Where a run keeps its trained model. */
export function modelFolder(folder: DataFolder, runId: number): string {
  return join(runFolder(folder, runId), 'model');
}

function explainDataFolder(thrown: unknown, root: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new AppError(
      'bad-input',
      `The data folder ${root} cannot be made: a file is in the way. Choose another with --data-dir.`,
    );
  }
  return explainSystemError(thrown);
}
