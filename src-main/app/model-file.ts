/**
 * The file of a person's own model: a run keeps a copy of it in its folder from the start on, and trains, resumes and exports by
 * that copy, so that the original may be changed or deleted. Runs in the host.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { Artifact, RunRecord } from '../contract/schema/run.ts';
import { explainSystemError } from '../contract/system-error.ts';
import { listArtifacts } from '../store/artifacts.ts';
import type { AppContext } from './context.ts';
import { runFolder } from './paths.ts';

const FOLDER = 'model-file';

/**
 * Copies the files of a model into a run's folder.
 * @param files absolute; `modelFile` itself, or what lies in it, or beside it
 * @returns one artifact a file
 * @throws AppError `not-found`, `disk-full`, `read-only`; nothing is left then
 */
export function keepModelFile(
  { folder }: Pick<AppContext, 'folder'>,
  runId: number,
  modelFile: string,
  files: readonly string[],
): Artifact[] {
  const root = runFolder(folder, runId);
  try {
    return files.map((file) => {
      const path = join(FOLDER, relative(dirname(modelFile), file));
      const copy = join(root, path);
      mkdirSync(dirname(copy), { recursive: true });
      cpSync(file, copy);
      const { sha256, bytes } = digest(copy);
      return { kind: 'model-file', path: path.replaceAll(sep, '/'), sha256, bytes };
    });
  } catch (thrown) {
    rmSync(root, { recursive: true, force: true });
    throw explainSystemError(thrown);
  }
}

/**
 * The file to read a run's model from: its copy, or the original for a run that was started before copies were kept; null for a
 * model of the product.
 * @throws AppError `corrupt` when the copy is not what it was
 */
export function keptModelFile(
  { db, folder }: Pick<AppContext, 'db' | 'folder'>,
  run: RunRecord,
): string | null {
  const { model, modelFile } = run.config;
  if (model !== 'file' || modelFile === null) return null;
  const copies = listArtifacts(db, run.id).filter(({ kind }) => kind === 'model-file');
  if (copies.length === 0) return modelFile;
  const root = runFolder(folder, run.id);
  for (const { path, sha256 } of copies) {
    const copy = join(root, path);
    if (existsSync(copy) && digest(copy).sha256 === sha256) continue;
    throw new AppError(
      'corrupt',
      `${copy}, the run's copy of its model file, is ${existsSync(copy) ? 'changed or cut off (its hash differs)' : 'gone'}; start the run anew.`,
    );
  }
  return join(root, FOLDER, basename(modelFile));
}

function digest(file: string): Pick<Artifact, 'sha256' | 'bytes'> {
  const content = readFileSync(file);
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}
