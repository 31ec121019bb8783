/**
 * Keras 3's own files: `.weights.h5` and the zip archive `.keras`. Runs in the worker.
 * A layer's arrays lie at `layers/<class>_<number>/vars/0…`, numbered within the class in the order of the model's layers; newer
 * versions note the layer's name beside them.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { AppError } from '../../contract/errors.ts';
import type { Network } from '../../contract/schema/network.ts';
import { kerasClass, kerasConfig } from '../keras-config.ts';
import { kerasLayerOrder } from '../keras-order.ts';
import type { NamedWeights } from '../named-weights.ts';
import { weightSpecs } from '../shapes.ts';
import { arrayIn, type Group, groupIn, readHdf5, textAttribute, writeHdf5 } from './hdf5.ts';
import type { FileLayer, WeightsFile } from './weights-file.ts';

const WEIGHTS = 'model.weights.h5';
const CONFIG = 'config.json';

/** Null where the file is not of this kind. */
export function readKerasWeightsH5(file: Group): WeightsFile | null {
  const layers = groupIn(file, 'layers');
  if (!layers) return null;
  return { format: 'keras-weights-h5', ordered: false, config: null, layers: readContainer(layers) };
}

/** Goes into models inside the model too: those have `layers` of their own. */
function readContainer(container: Group): FileLayer[] {
  return container.keys().flatMap((classPath) => {
    const inner = groupIn(container, `${classPath}/layers`);
    if (inner) return readContainer(inner);
    const variables = groupIn(container, `${classPath}/vars`);
    if (!variables) return [];
    const numbers = variables.keys().toSorted((a, b) => Number(a) - Number(b));
    if (numbers.length === 0) return [];
    return [
      {
        name: textAttribute(variables, 'name') ?? classPath,
        classPath,
        arrays: numbers.map((number) => ({ weight: null, array: arrayIn(variables, number) })),
      },
    ];
  });
}

/** @throws AppError `bad-model` when it is no archive of Keras */
export async function readKerasArchive(path: string): Promise<WeightsFile> {
  const entries = unzip(path, await readFile(path));
  const folder = await mkdtemp(join(tmpdir(), 'lesion-lab-'));
  try {
    const weights = join(folder, WEIGHTS);
    await writeFile(weights, entries[WEIGHTS]!);
    const file = await readHdf5(weights, readKerasWeightsH5).catch((cause: unknown) => {
      throw notKeras(path, `its ${WEIGHTS} cannot be read`, cause);
    });
    if (!file) throw notKeras(path, `its ${WEIGHTS} has no layers`);
    return { ...file, format: 'keras', config: JSON.parse(strFromU8(entries[CONFIG]!)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unzip(path: string, bytes: Uint8Array): Record<string, Uint8Array> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, { filter: ({ name }) => name === WEIGHTS || name === CONFIG });
  } catch (cause) {
    throw notKeras(path, 'it is not a whole zip archive', cause);
  }
  for (const name of [WEIGHTS, CONFIG]) if (!entries[name]) throw notKeras(path, `it holds no ${name}`);
  return entries;
}

/** The bytes of a `.keras` file that Keras 3 opens. @throws AppError `bad-model` when a weight is missing */
export async function encodeKerasArchive(network: Network, weights: NamedWeights): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'lesion-lab-'));
  try {
    const path = join(folder, WEIGHTS);
    await writeHdf5(path, (file) => writeLayers(file, network, weights));
    const entries = {
      'metadata.json': strToU8(JSON.stringify({ keras_version: '3.0.0', date_saved: savedAt() })),
      [CONFIG]: strToU8(JSON.stringify(kerasConfig(network, 'v3'))),
      [WEIGHTS]: new Uint8Array(await readFile(path)),
    };
    return zipSync(entries, { level: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function writeLayers(file: Group, network: Network, weights: NamedWeights): void {
  const specs = Map.groupBy(weightSpecs(network), ({ layer }) => layer);
  const container = file.create_group('layers');
  for (const [name, classPath] of classPaths(network)) {
    const own = specs.get(name);
    if (!own) continue;
    const variables = container.create_group(classPath).create_group('vars');
    variables.create_attribute('name', name, null, 'S');
    own.forEach(({ key }, index) => {
      const array = weights.get(key);
      if (!array)
        throw new AppError('bad-model', `Weight "${key}" is missing; the model cannot be exported.`);
      variables.create_dataset({ name: String(index), data: array.values, shape: [...array.shape] });
    });
  }
}

/** Keras 3's path of each layer by name: its class in snake case, numbered from the second on. */
export function classPaths(network: Pick<Network, 'layers'>): ReadonlyMap<string, string> {
  const used = new Map<string, number>();
  const paths = new Map<string, string>();
  for (const layer of kerasLayerOrder(network)) {
    const name = snakeCase(kerasClass(layer));
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    paths.set(layer.name, count === 0 ? name : `${name}_${count}`);
  }
  return paths;
}

/** As Keras does: GlobalAveragePooling2D → global_average_pooling2d, ReLU → re_lu. */
function snakeCase(className: string): string {
  return className
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The form in which Keras notes it. */
function savedAt(): string {
  return new Date().toISOString().slice(0, 19).replace('T', '@');
}

function notKeras(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'bad-model',
    `${path} is no .keras file: ${reason}. Save the model again with Keras 3.`,
    {
      cause,
    },
  );
}
