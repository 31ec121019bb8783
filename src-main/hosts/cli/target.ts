/**
 * Where a command is told to write: the folder is there, or is made, the last one only, so that a mistyped path is an error and no chain
 * of new folders. Checked before the work that would be lost. Runs in the command line.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { explainSystemError } from '../../contract/system-error.ts';

/** @throws AppError `not-found` naming the parent that is missing, `bad-input` (a file is in the way) */
export function requireTargetFolder(folder: string): void {
  const parent = dirname(folder);
  const present = [folder, parent].find((path) => existsSync(path));
  if (present === undefined) {
    throw new AppError(
      'not-found',
      `${folder} cannot be made: there is no folder ${parent}. Make it first, or correct the path.`,
    );
  }
  if (statSync(present).isDirectory()) return;
  throw new AppError('bad-input', `${present} is a file, and a folder is needed there; choose another path.`);
}

/** @throws AppError as `requireTargetFolder`; `bad-input` where a folder has the file's name */
export function requireTargetFile(file: string): void {
  requireTargetFolder(dirname(file));
  if (!existsSync(file) || !statSync(file).isDirectory()) return;
  throw new AppError('bad-input', `${file} is a folder; name the file to write in it.`);
}

/** @throws AppError as `requireTargetFolder`, `read-only`, `disk-full` */
export function makeTargetFolder(folder: string): void {
  requireTargetFolder(folder);
  try {
    if (!existsSync(folder)) mkdirSync(folder);
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}

/** @throws AppError as `requireTargetFile`, `read-only`, `disk-full` */
export function writeTargetFile(file: string, text: string): void {
  requireTargetFile(file);
  makeTargetFolder(dirname(file));
  try {
    writeFileSync(file, text);
  } catch (thrown) {
    throw explainSystemError(thrown);
  }
}
