/**
 * Writes a TensorFlow graph as the bytes of `saved_model.pb`, so that TensorFlow loads it as a session and its graph optimiser
 * fuses what eager operations cannot (convolution, bias and activation in one). Pure. Runs in the worker.
 *
 * Field numbers are those of tensorflow/core/protobuf/{saved_model,meta_graph}.proto and
 * tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** DataType of types.proto. */
export const DATA_TYPES = { float32: 1, int32: 3, bool: 10 } as const;
export type GraphDataType = keyof typeof DATA_TYPES;

export type GraphAttribute =
  | { readonly type: GraphDataType }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  | { readonly flag: boolean }
  | { readonly int: number }
  | { readonly float: number }
  /** -1: any size. */
  | { readonly shape: readonly number[] }
  | GraphTensor;

export interface GraphTensor {
  readonly of: 'float32' | 'int32';
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface GraphNode {
  readonly name: string;
  /** An operation of tensorflow/core/ops. */
  readonly operation: string;
  /** Names of nodes, whose first output is read, or `name:output`. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, GraphAttribute>>;
}

/** The tag under which the graph is found. */
export const GRAPH_TAG = 'serve';
/** Version of the graph's format (TF_GRAPH_DEF_VERSION_MIN_PRODUCER and above are read). */
const PRODUCER = 1882;

/** @returns the content of a `saved_model.pb` that holds this one graph, without signatures */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  const writer = new BinaryWriter();
  varint(writer, 1, 1);
  message(writer, 2, () => {
    message(writer, 1, () => text(writer, 4, GRAPH_TAG));
    message(writer, 2, () => {
      for (const node of nodes) message(writer, 1, () => writeNode(writer, node));
      message(writer, 4, () => varint(writer, 1, PRODUCER));
    });
  });
  return writer.finish();
}

function writeNode(writer: BinaryWriter, { name, operation, inputs, attributes }: GraphNode): void {
  text(writer, 1, name);
  text(writer, 2, operation);
  for (const input of inputs) text(writer, 3, input);
  for (const [key, attribute] of Object.entries(attributes)) {
    message(writer, 5, () => {
      text(writer, 1, key);
      message(writer, 2, () => writeAttribute(writer, attribute));
    });
  }
}

function writeAttribute(writer: BinaryWriter, attribute: GraphAttribute): void {
  if ('values' in attribute) message(writer, 8, () => writeTensor(writer, attribute));
  else if ('type' in attribute) varint(writer, 6, DATA_TYPES[attribute.type]);
  else if ('ints' in attribute) {
    message(writer, 1, () =>
      message(writer, 3, () => {
        for (const value of attribute.ints) writer.int64(value);
      }),
    );
  } else if ('text' in attribute) text(writer, 2, attribute.text);
  else if ('flag' in attribute) varint(writer, 5, attribute.flag ? 1 : 0);
  else if ('int' in attribute) varint(writer, 3, attribute.int);
  else if ('float' in attribute) writer.tag(4, WireType.Bit32).float(attribute.float);
  else message(writer, 7, () => writeShape(writer, attribute.shape));
}

function writeTensor(writer: BinaryWriter, { of, values, shape }: GraphTensor): void {
  varint(writer, 1, DATA_TYPES[of]);
  message(writer, 2, () => writeShape(writer, shape));
  if (of === 'int32') {
    message(writer, 7, () => {
      for (const value of Array.from(values)) writer.int32(value);
    });
  } else {
    message(writer, 5, () => {
      for (const value of Array.from(values)) writer.float(value);
    });
  }
}

function writeShape(writer: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) message(writer, 2, () => varint(writer, 1, size));
}

function message(writer: BinaryWriter, field: number, content: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  content();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function varint(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}
