/**
 * Calls any TensorFlow operation by name through the native backend, past tfjs's own kernels, which lack many
 * (fused batch norm, Relu6Grad, ResourceApplyAdam …). Runs in the worker.
 *
 * Outputs are ordinary tfjs tensors: `tf.tidy` and `dispose` work on them. Operation names, attributes and their
 * defaults are TensorFlow's (tensorflow/core/ops). Attributes of type list(string) cannot be passed.
 */
import { AppError } from './contract/errors.ts';
import { type Tensor, tf } from './tf.ts';

interface Binding {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: Uint8Array): number;
  /** Gives the session's number. */
  loadSavedModel(folder: string, tags: string): number;
  /** Names are joined by commas. */
  runSavedModel(session: number, inputs: readonly number[], from: string, to: string): TensorMetadata[];
  deleteSavedModel(session: number): void;
}

interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

interface NativeBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  createOutputTensor(metadata: { id: number; shape: readonly number[]; dtype: number }): Tensor;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
}

/** One attribute of an operation, as the addon takes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export type AttributeKind = 'text' | 'int' | 'float' | 'flag' | 'type' | 'shape';

const backend = tf.backend() as unknown as NativeBackend;
const { binding } = backend;

/** True when the library places operations on a GPU. */
export const usesGpu: boolean = backend.isUsingGpuDevice;

/** Version of the native library, such as `2.21.0`. */
export const libraryVersion: string = binding.TF_Version;

const attributeKinds: ReadonlyMap<number, AttributeKind> = new Map([
  [binding.TF_ATTR_STRING, 'text'],
  [binding.TF_ATTR_INT, 'int'],
  [binding.TF_ATTR_FLOAT, 'float'],
  [binding.TF_ATTR_BOOL, 'flag'],
  [binding.TF_ATTR_TYPE, 'type'],
  [binding.TF_ATTR_SHAPE, 'shape'],
]);

const dataTypes = {
  float32: binding.TF_FLOAT,
  int32: binding.TF_INT32,
  uint8: binding.TF_UINT8,
} as const;
type DataType = keyof typeof dataTypes;

export function typeAttribute(name: string, type: DataType): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value: dataTypes[type] };
}
export function intAttribute(name: string, value: number | readonly number[]): Attribute {
  return { name, type: binding.TF_ATTR_INT, value };
}
export function floatAttribute(name: string, value: number): Attribute {
  return { name, type: binding.TF_ATTR_FLOAT, value };
}
export function boolAttribute(name: string, value: boolean): Attribute {
  return { name, type: binding.TF_ATTR_BOOL, value };
}
export function stringAttribute(name: string, value: string): Attribute {
  return { name, type: binding.TF_ATTR_STRING, value };
}
export function shapeAttribute(name: string, value: readonly number[]): Attribute {
  return { name, type: binding.TF_ATTR_SHAPE, value };
}

/** `T = float32`, the attribute that nearly every operation has. */
export const floatType: Attribute = typeAttribute('T', 'float32');

/** Runs an operation with one output. */
export function op(
  name: string,
  inputs: readonly Tensor[],
  attributes: readonly Attribute[] = [floatType],
): Tensor {
  return backend.executeSingleOutput(name, attributes, inputs);
}

/** Runs an operation with several outputs, or none. */
export function ops(
  name: string,
  inputs: readonly Tensor[],
  attributes: readonly Attribute[],
  outputs: number,
): Tensor[] {
  return backend.executeMultipleOutputs(name, attributes, inputs, outputs);
}

/**
 * Puts bytes on the device as uint8 without widening them, and casts there: [..] of 0..255 as float32.
 * The array is shared with the library until the cast is done, which is before this returns.
 */
export function floatsFromBytes(bytes: Uint8Array, shape: readonly number[]): Tensor {
  const id = binding.createTensor(shape, dataTypes.uint8, bytes);
  const raw = backend.createOutputTensor({ id, shape, dtype: dataTypes.uint8 });
  const floats = op('Cast', [raw], [typeAttribute('SrcT', 'uint8'), typeAttribute('DstT', 'float32')]);
  raw.dispose();
  return floats;
}

/** An operation that ran. The tensors are tfjs's, or its records of them. */
export interface RunOperation {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Runs `work` and tells `record` of each of its operations, those of tfjs's own kernels included. */
export function watchOperations<T>(record: (operation: RunOperation) => void, work: () => T): T {
  const { executeSingleOutput: single, executeMultipleOutputs: multiple } = backend;
  backend.executeSingleOutput = (name, attributes, inputs) => {
    const output = single.call(backend, name, attributes, inputs);
    record({ name, attributes, inputs, outputs: [output] });
    return output;
  };
  backend.executeMultipleOutputs = (name, attributes, inputs, count) => {
    const outputs = multiple.call(backend, name, attributes, inputs, count);
    record({ name, attributes, inputs, outputs });
    return outputs;
  };
  try {
    return work();
  } finally {
    Object.assign(backend, { executeSingleOutput: single, executeMultipleOutputs: multiple });
  }
}

/** What an attribute holds, by kind; a type is its number in TensorFlow's types.proto. */
export function readAttribute({ type, value }: Attribute): { kind: AttributeKind; value: unknown } {
  const kind = attributeKinds.get(type);
  if (!kind) throw new AppError('internal', `attribute of an unknown type ${type}`);
  return { kind, value };
}

/** A graph that the library has loaded and optimised. */
export interface GraphSession {
  /** Feeds `inputs` to the nodes `from` and gives the first output of the nodes `to`; the caller disposes them. */
  run(inputs: readonly Tensor[], from: readonly string[], to: readonly string[]): Tensor[];
  dispose(): void;
}

/** Loads the graph of a SavedModel's folder, whose file may be removed afterwards. */
export function openGraph(folder: string, tag: string): GraphSession {
  const session = binding.loadSavedModel(folder, tag);
  return {
    run: (inputs, from, to) =>
      binding
        .runSavedModel(session, backend.getInputTensorIds(inputs), from.join(), to.join())
        .map((metadata) => backend.createOutputTensor(metadata)),
    dispose: () => binding.deleteSavedModel(session),
  };
}
