/**
 * The network of a released model: what goes into its file, and what is taken from one. Runs in the worker, without TensorFlow.
 * Guarantee: nothing of the machine or the folders that trained it goes along, and nothing but layers that are known comes in.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import type { ModelMetadata } from '../contract/schema/model.ts';
import type { ReleasedNetwork } from '../contract/schema/release-archive.ts';
import { kerasConfig } from '../models/keras-config.ts';
import { loadModelFolder, type SavedModel, saveModelFolder } from '../models/model-folder.ts';
import { weightSpecs } from '../models/shapes.ts';

const NOT_STATED = 'not stated';

/** @throws AppError `not-found`, `corrupt` (the run's model), `read-only`, `disk-full`, `cancelled` */
export async function copyReleasedModel(
  { from, to }: { from: string; to: string },
  signal?: AbortSignal,
): Promise<ReleasedNetwork> {
  const model = await loadModelFolder(from);
  await saveModelFolder(to, { ...model, metadata: withoutMachine(model.metadata) }, signal);
  return describe(model);
}

/** Reads a folder that came out of a file. @throws AppError `corrupt`, `newer-version`, `bad-model` */
export async function checkReleasedModel({ folder }: { folder: string }): Promise<ReleasedNetwork> {
  const model = await loadModelFolder(folder);
  const known = classNames(kerasConfig(model.network, 'legacy'));
  const { modelTopology, weightsManifest } = await readModelJson(folder);
  const strange = [...classNames(modelTopology)].find((name) => !known.has(name));
  if (strange !== undefined) {
    throw refused(`its model.json has a layer or part "${strange.slice(0, 60)}" that its network has not`);
  }
  const shards = Array.isArray(weightsManifest) ? weightsManifest.flatMap(({ paths }) => paths) : [];
  if (shards.length !== 1 || shards[0] !== 'weights.bin') {
    throw refused('its model.json names other files of weights than weights.bin');
  }
  return describe(model);
}

/** What decides a result stays (settings, threads, versions of the library); folders and hardware go. */
function withoutMachine(metadata: ModelMetadata): ModelMetadata {
  const { config, environment } = metadata;
  const named = (path: string | null) => (path === null ? null : basename(path.replaceAll('\\', '/')));
  return {
    ...metadata,
    config: { ...config, modelFile: named(config.modelFile), splitFile: named(config.splitFile) },
    environment: {
      ...environment,
      platform: NOT_STATED,
      processor: NOT_STATED,
      deviceName: environment.device === 'gpu' ? environment.deviceName : NOT_STATED,
    },
    report: null,
  };
}

function describe({ network, metadata }: SavedModel): ReleasedNetwork {
  const { config, classes, recipe, splitHash } = metadata;
  const sizes = weightSpecs(network).map(({ shape }) => shape.reduce((size, side) => size * side, 1));
  return {
    modelId: config.model,
    classes,
    input: { widthPx: recipe.widthPx, heightPx: recipe.heightPx },
    splitHash,
    parameters: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function readModelJson(
  folder: string,
): Promise<{ modelTopology?: unknown; weightsManifest?: unknown }> {
  const text = await readFile(join(folder, 'model.json'), 'utf8');
  try {
    return (JSON.parse(text) ?? {}) as { modelTopology?: unknown; weightsManifest?: unknown };
  } catch {
    throw refused('its model.json is no JSON');
  }
}

/** Every "class_name" in a configuration, however deep. */
function classNames(json: unknown, found = new Set<string>()): Set<string> {
  if (typeof json !== 'object' || json === null) return found;
  for (const [key, value] of Object.entries(json)) {
    if (key === 'class_name' && typeof value === 'string') found.add(value);
    else classNames(value, found);
  }
  return found;
}

function refused(what: string): AppError {
  return new AppError(
    'corrupt',
    `The released model is not one that Lesion Lab wrote: ${what}. Nothing was taken from it; ask for the file again where it came from.`,
  );
}
