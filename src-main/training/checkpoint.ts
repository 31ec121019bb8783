/**
 * The state of a run at the end of an epoch, on disk. Runs in the worker.
 *
 * `checkpoint.json` names the weight files that belong to it, with their hashes; it is written last and renamed into place, so a
 * kill at any moment leaves the checkpoint of this epoch or of the one before. Random draws are not stored: every epoch's
 * stream is derived from the run's seed and the epoch's number.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { EpochRecord } from '../contract/schema/run.ts';
import { writeFileWhole } from '../dataset/write-file.ts';
import type { NamedWeights } from '../models/named-weights.ts';
import { decodeSafetensors, encodeSafetensors } from '../models/safetensors.ts';
import type { EarlyStoppingState } from '../numerics/early-stopping.ts';
import type { ScheduleState } from '../numerics/schedule.ts';
import type { OptimiserState } from './optimisers.ts';

const FORMAT_VERSION = 1;
const INDEX = 'checkpoint.json';

export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  /** Images a step: the config's, or fewer since memory ran out; null in a checkpoint from before that was possible. */
  readonly batchSize: number | null;
  /** Hash of the weights that the run began with: the frozen ones are not stored again. */
  readonly initialWeightsHash: string;
  readonly schedule: ScheduleState;
  readonly earlyStopping: EarlyStoppingState;
  readonly epochs: readonly EpochRecord[];
  /** Weights and moving statistics that training changes. */
  readonly weights: NamedWeights;
  readonly optimiser: OptimiserState;
  /** The best epoch's `weights`; null when none is kept. */
  readonly bestWeights: NamedWeights | null;
}

interface StoredFile {
  readonly file: string;
  readonly sha256: string;
}

interface StoredCheckpoint extends Omit<Checkpoint, 'weights' | 'optimiser' | 'bestWeights'> {
  readonly formatVersion: number;
  readonly optimiserSteps: number;
  readonly current: StoredFile;
  readonly best: StoredFile | null;
}

/** Writes the checkpoint and removes the files of the one before. Throws `read-only`, `disk-full`. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { weights, optimiser, bestWeights, ...state } = checkpoint;
  const slots = [...optimiser.slots].map(([key, value]) => [`slot:${key}`, value] as const);
  const stored: StoredCheckpoint = {
    ...state,
    formatVersion: FORMAT_VERSION,
    optimiserSteps: optimiser.steps,
    current: await storeWeights(folder, `epoch-${checkpoint.epoch}`, new Map([...weights, ...slots])),
    best:
      bestWeights && (await storeWeights(folder, `best-${checkpoint.earlyStopping.bestEpoch}`, bestWeights)),
  };
  await writeFileWhole(join(folder, INDEX), [JSON.stringify(stored)]);
  const kept = [INDEX, stored.current.file, stored.best?.file];
  for (const file of await readdir(folder)) {
    if (!kept.includes(file)) await rm(join(folder, file), { force: true });
  }
}

async function storeWeights(folder: string, name: string, weights: NamedWeights): Promise<StoredFile> {
  const file = `${name}.safetensors`;
  const bytes = encodeSafetensors(weights);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFileWhole(join(folder, file), [bytes]);
  return { file, sha256 };
}

export const hasCheckpoint = (folder: string): boolean => existsSync(join(folder, INDEX));

/** The checkpoint in `folder`, or null where there is none. Throws `corrupt` naming the file, `newer-version`. */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | null> {
  if (!hasCheckpoint(folder)) return null;
  const path = join(folder, INDEX);
  const stored = parse(await readFile(path, 'utf8'), path);
  const { formatVersion, optimiserSteps, current, best, ...state } = stored;
  if (formatVersion > FORMAT_VERSION) {
    throw new AppError(
      'newer-version',
      `${path} was written by a newer Lesion Lab; resume the run with that version.`,
    );
  }
  const all = await readWeights(folder, current);
  const slots = new Map(
    [...all].flatMap(([key, value]) => (key.startsWith('slot:') ? [[key.slice(5), value]] : [])),
  );
  return {
    ...state,
    batchSize: state.batchSize ?? null,
    weights: new Map([...all].filter(([key]) => !key.startsWith('slot:'))),
    optimiser: { steps: optimiserSteps, slots },
    bestWeights: best && (await readWeights(folder, best)),
  };
}

function parse(text: string, path: string): StoredCheckpoint {
  try {
    return JSON.parse(text) as StoredCheckpoint;
  } catch (cause) {
    throw new AppError('corrupt', `${path} is not whole; the run cannot be resumed, start it anew.`, {
      cause,
    });
  }
}

async function readWeights(folder: string, { file, sha256 }: StoredFile): Promise<NamedWeights> {
  const path = join(folder, file);
  const bytes = existsSync(path) ? await readFile(path) : null;
  if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new AppError(
      'corrupt',
      `${path} ${bytes ? 'was changed or is cut off (its hash differs)' : 'is missing'}; the run cannot be resumed, start it anew.`,
    );
  }
  return decodeSafetensors(bytes, path);
}

/** SHA-256 over names, shapes and values. */
export function weightsHash(weights: NamedWeights): string {
  return createHash('sha256').update(encodeSafetensors(weights)).digest('hex');
}
