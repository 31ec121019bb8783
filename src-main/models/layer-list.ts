/**
 * A user's declarative list of layers: a JSON file `{"layers": [{"type": "conv2d", "name": "first", "filters": 16, …}, …]}`. Runs in the
 * worker; makes plain data only. Every error names the layer, by name and number, and what is wrong with it.
 */
import { AppError, nearestName } from '../contract/errors.ts';
import { Layer, Network } from '../contract/schema/network.ts';

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Layer.options.map(({ shape }) => [shape.type.value, Object.keys(shape)]),
);

/** @throws AppError `bad-model` */
export function parseLayerList(value: unknown, path: string): Network {
  const { layers, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(layers)) {
    throw new AppError(
      'bad-model',
      `${path} has no list "layers"; expected is {"layers": [{"type": …, "name": …}, …]}.`,
    );
  }
  const parsed = layers.map((layer, index) => parseLayer(layer, index, path));
  const network = Network.safeParse({ ...rest, layers: parsed });
  if (network.success) return network.data;
  const [issue] = network.error.issues;
  throw new AppError('bad-model', `${path}: ${[...issue!.path, issue!.message].join(': ')}.`);
}

function parseLayer(value: unknown, index: number, path: string): Layer {
  const layer = (value ?? {}) as Record<string, unknown>;
  const where = `${path}: layer ${index + 1}${typeof layer.name === 'string' ? ` "${layer.name}"` : ''}`;
  const type = String(layer.type);
  const fields = FIELDS.get(type);
  if (!fields) {
    throw new AppError(
      'bad-model',
      `${where} has the type "${type}"${didYouMean(type, [...FIELDS.keys()])}. Known: ${[...FIELDS.keys()].join(', ')}.`,
    );
  }
  const parsed = Layer.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw new AppError(
      'bad-model',
      `${where} (${type}) has a key "${key}"${didYouMean(key, fields)}. Known: ${fields.join(', ')}.`,
    );
  }
  throw new AppError('bad-model', `${where} (${type}): ${issue!.path.join('.')}: ${issue!.message}.`);
}

function didYouMean(typed: string, known: readonly string[]): string {
  const nearest = nearestName(typed, known);
  return nearest ? `; did you mean "${nearest}"?` : '';
}
