/**
 * A network out of Keras's own configuration (Sequential or Functional, of Keras 2 or 3, models inside models flattened). Runs in
 * the worker; makes plain data only. A layer or setting that this product does not have is refused by name, never approximated.
 */
import { AppError } from '../contract/errors.ts';
import { Layer, type Network } from '../contract/schema/network.ts';

type Config = Readonly<Record<string, unknown>>;

interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Config;
  /** Names of the layers that feed it. */
  readonly inputs: readonly string[];
}

const MODELS = ['Functional', 'Model', 'Sequential'];

/** @throws AppError `bad-model` naming the layer */
export function networkFromKeras(model: unknown): Network {
  const found: KerasLayer[] = [];
  flatten(asConfig(model, 'the model'), null, found);
  return { layers: found.map(convert), backboneLayerCount: 0 };
}

/** Appends the model's layers, fed by the layer `input` instead of its own input layer; returns its output's name. */
function flatten(model: Config, input: string | null, found: KerasLayer[]): string {
  const inner = asConfig(model.config, 'the configuration of the model');
  const className = String(model.class_name);
  if (!MODELS.includes(className) || !Array.isArray(inner.layers)) {
    throw refused(
      String(inner.name ?? 'model'),
      className,
      'it is neither a Sequential nor a Functional model',
    );
  }
  const aliases = new Map<string, string>();
  let previous = input;
  for (const [index, entry] of inner.layers.entries()) {
    const { className, name, config, sources } = readLayer(entry, String(inner.name));
    const feeds = sources ?? (previous === null ? [] : [previous]);
    const inputs = feeds.map((source) => aliases.get(source) ?? source);
    if (className === 'InputLayer' && input !== null) {
      aliases.set(name, input);
      continue;
    }
    if (found.length === 0 && index === 0 && className !== 'InputLayer') addInput(config, name, found);
    if (MODELS.includes(className)) {
      const output = flatten({ class_name: className, config }, inputs[0] ?? null, found);
      aliases.set(name, output);
      previous = output;
      continue;
    }
    const before = inputs.length === 0 && className !== 'InputLayer' ? [found.at(-1)?.name ?? ''] : inputs;
    found.push({ className, name, config, inputs: before });
    previous = name;
  }
  const output = outputOf(inner) ?? previous ?? '';
  return aliases.get(output) ?? output;
}

function readLayer(entry: unknown, model: string) {
  const layer = asConfig(entry, `a layer of "${model}"`);
  const config = asConfig(layer.config, `the configuration of a layer of "${model}"`);
  const className = String(layer.class_name);
  const name = String(config.name ?? layer.name);
  const nodes = layer.inbound_nodes;
  if (!Array.isArray(nodes)) return { className, name, config, sources: null };
  if (nodes.length > 1)
    throw refused(name, className, `it is used ${nodes.length} times; a layer can be used once`);
  return { className, name, config, sources: nodes.length === 0 ? [] : sourcesOf(nodes[0]) };
}

/** Names of the layers that an inbound node of Keras 2 (lists) or Keras 3 (tensors by history) takes. */
function sourcesOf(node: unknown): string[] {
  if (Array.isArray(node)) {
    if (typeof node[0] === 'string') return [node[0]];
    return node.flatMap(sourcesOf);
  }
  if (typeof node !== 'object' || node === null) return [];
  const record = node as Config;
  const history = asOptional(record.config)?.keras_history;
  if (Array.isArray(history)) return [String(history[0])];
  return [record.args, record.kwargs].flatMap((part) =>
    typeof part === 'object' && part !== null ? Object.values(part).flatMap(sourcesOf) : [],
  );
}

/** A Sequential model of Keras 2 may give the input's shape with its first layer. */
function addInput(config: Config, name: string, found: KerasLayer[]): void {
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (shape !== undefined) found.push({ className: 'InputLayer', name: `${name}_input`, config, inputs: [] });
}

function outputOf(model: Config): string | null {
  const ends = model.output_layers;
  if (!Array.isArray(ends)) return null;
  const several = Array.isArray(ends[0]) && ends.length > 1;
  if (several)
    throw refused(String(model.name), 'Functional', `it has ${ends.length} outputs; one is needed`);
  return String(Array.isArray(ends[0]) ? ends[0][0] : ends[0]);
}

/** What a class of Keras becomes, without name and inputs. A function throws for settings that there is no layer for. */
const CONVERSIONS: Readonly<Record<string, (layer: KerasLayer) => Record<string, unknown>>> = {
  InputLayer: ({ name, config }) => {
    const shape = config.batch_input_shape ?? config.batch_shape;
    if (
      !Array.isArray(shape) ||
      shape.length !== 4 ||
      shape.slice(1).some((size) => typeof size !== 'number')
    ) {
      throw refused(
        name,
        'InputLayer',
        `its shape ${JSON.stringify(shape)} is not [null, height, width, channels]`,
      );
    }
    return { type: 'input', height: shape[1], width: shape[2], channels: shape[3] };
  },
  Conv2D: (layer) => {
    require(layer, 'groups', [1]);
    return {
      type: 'conv2d',
      filters: layer.config.filters,
      ...slidingWindow(layer),
      ...unit(layer),
      ...l2(layer),
    };
  },
  DepthwiseConv2D: (layer) => {
    require(layer, 'depth_multiplier', [1]);
    return { type: 'depthwise-conv2d', ...slidingWindow(layer), ...unit(layer) };
  },
  Dense: (layer) => ({ type: 'dense', units: layer.config.units, ...unit(layer), ...l2(layer) }),
  BatchNormalization: (layer) => {
    require(layer, 'axis', [-1, 3, [-1], [3], 1]);
    require(layer, 'renorm', [false]);
    const { epsilon, momentum, center, scale } = layer.config;
    return { type: 'batch-norm', epsilon, momentum, center, scale };
  },
  Activation: ({ config }) => ({ type: 'activation', activation: config.activation }),
  ReLU: (layer) => {
    require(layer, 'max_value', [null, 6]);
    require(layer, 'negative_slope', [0, null]);
    require(layer, 'threshold', [0, null]);
    return { type: 'activation', activation: layer.config.max_value === 6 ? 'relu6' : 'relu' };
  },
  Softmax: (layer) => {
    require(layer, 'axis', [-1]);
    return { type: 'activation', activation: 'softmax' };
  },
  ZeroPadding2D: (layer) => {
    requireChannelsLast(layer);
    return { type: 'zero-padding', padding: layer.config.padding };
  },
  MaxPooling2D: (layer) => ({ type: 'max-pool', ...pooling(layer) }),
  AveragePooling2D: (layer) => ({ type: 'average-pool', ...pooling(layer) }),
  GlobalAveragePooling2D: (layer) => {
    requireChannelsLast(layer);
    require(layer, 'keepdims', [false]);
    return { type: 'global-average-pool' };
  },
  Flatten: (layer) => {
    requireChannelsLast(layer);
    return { type: 'flatten' };
  },
  Dropout: ({ config }) => ({ type: 'dropout', rate: config.rate }),
  Add: () => ({ type: 'add' }),
  Concatenate: (layer) => {
    require(layer, 'axis', [-1, 3]);
    return { type: 'concat' };
  },
};

function convert(layer: KerasLayer): Layer {
  const conversion = CONVERSIONS[layer.className];
  if (!conversion) {
    const known = Object.keys(CONVERSIONS).join(', ');
    throw refused(layer.name, layer.className, `there is no such layer here; known are ${known}`);
  }
  const inputs = layer.inputs.length > 0 ? { inputs: layer.inputs } : {};
  const parsed = Layer.safeParse(withoutUndefined({ name: layer.name, ...inputs, ...conversion(layer) }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refused(layer.name, layer.className, `${issue?.path.join('.')}: ${issue?.message}`);
}

function slidingWindow(layer: KerasLayer): Record<string, unknown> {
  requireChannelsLast(layer);
  require(layer, 'dilation_rate', [1, [1, 1]]);
  const { kernel_size: kernelSize, strides, padding } = layer.config;
  return { kernelSize, strides, padding };
}

function pooling(layer: KerasLayer): Record<string, unknown> {
  requireChannelsLast(layer);
  const { pool_size: poolSize, strides, padding } = layer.config;
  return { poolSize, strides: strides ?? undefined, padding };
}

function unit({ config }: KerasLayer): Record<string, unknown> {
  return { useBias: config.use_bias, activation: config.activation };
}

/** Of the penalty on a kernel, L2 alone is known here. */
function l2(layer: KerasLayer): Record<string, unknown> {
  const penalty = asOptional(asOptional(layer.config.kernel_regularizer)?.config);
  if (Number(penalty?.l1 ?? 0) !== 0)
    throw refused(layer.name, layer.className, 'it has an L1 penalty; L2 alone is known');
  return { l2: penalty?.l2 ?? 0 };
}

function requireChannelsLast(layer: KerasLayer): void {
  require(layer, 'data_format', ['channels_last', null]);
}

/** A setting may be absent or one of these. */
function require(layer: KerasLayer, key: string, allowed: readonly unknown[]): void {
  const value = layer.config[key];
  if (value === undefined || allowed.some((other) => JSON.stringify(other) === JSON.stringify(value))) return;
  throw refused(
    layer.name,
    layer.className,
    `${key} is ${JSON.stringify(value)}; known is ${allowed.map((other) => JSON.stringify(other)).join(' or ')}`,
  );
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function asConfig(value: unknown, what: string): Config {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Config;
  throw new AppError(
    'bad-model',
    `The file's configuration is not Keras's: ${what} is ${JSON.stringify(value)}.`,
  );
}

function asOptional(value: unknown): Config | undefined {
  return typeof value === 'object' && value !== null ? (value as Config) : undefined;
}

function refused(name: string, className: string, reason: string): AppError {
  return new AppError('bad-model', `Keras layer "${name}" (${className}) cannot be imported: ${reason}.`);
}
