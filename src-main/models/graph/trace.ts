/**
 * What eager code computes, written down as a TensorFlow graph while it runs once. Runs in the worker.
 *
 * The graph holds for the shapes of that one run. Whatever differs from one run to the next must be among `given`; every
 * other tensor that the code makes (sizes, factors) becomes a constant of the graph.
 */
import { AppError } from '../../contract/errors.ts';
import { type Attribute, type RunOperation, readAttribute, watchOperations } from '../../native-op.ts';
import { type Tensor, tf } from '../../tf.ts';
import { DATA_TYPES, type GraphAttribute, type GraphDataType, type GraphNode } from './saved-model.ts';

export interface TracedGraph {
  readonly nodes: readonly GraphNode[];
  /** The node that takes each of `given`. */
  readonly feeds: readonly string[];
  /** The node that gives each of the results. */
  readonly fetches: readonly string[];
}

/** Runs `compute` once, on `given`, and frees what it made. */
export function traceGraph(
  given: readonly Tensor[],
  compute: (given: readonly Tensor[]) => readonly Tensor[],
): TracedGraph {
  const nodes: GraphNode[] = [];
  /** The node, or the output of one, that holds a tensor's values. */
  const holders = new Map<unknown, string>();
  const add = (operation: string, inputs: readonly string[], attributes: GraphNode['attributes']) => {
    const name = `t${nodes.length}`;
    nodes.push({ name, operation, inputs, attributes });
    return name;
  };
  const feeds = given.map((tensor) => {
    const dtype = { type: tensor.dtype as GraphDataType };
    const name = add('Placeholder', [], { dtype, shape: { shape: tensor.shape } });
    holders.set(tensor.dataId, name);
    return name;
  });
  const firstOwnId = tf.tidy(() => tf.scalar(0).id);
  const constant = (tensor: Tensor): string => {
    // a tensor from before this run may be another in the next
    if (tensor.id < firstOwnId)
      throw new AppError('internal', 'a traced computation reads a tensor that it was not given');
    const of = tensor.dtype as 'float32' | 'int32';
    const values = tensor.dataSync<'float32'>();
    return add('Const', [], { dtype: { type: of }, value: { of, values, shape: tensor.shape } });
  };
  const record = ({ name, attributes, inputs, outputs }: RunOperation) => {
    const from = inputs.map((input) => {
      if (!holders.has(input.dataId)) holders.set(input.dataId, constant(input));
      return holders.get(input.dataId)!;
    });
    const node = add(name, from, Object.fromEntries(attributes.map(graphAttribute)));
    outputs.forEach((output, index) => {
      holders.set(output.dataId, index === 0 ? node : `${node}:${index}`);
    });
  };
  const fetches = tf.tidy(() =>
    watchOperations(record, () => compute(given)).map((result) =>
      add('Identity', [holders.get(result.dataId)!], { T: { type: result.dtype as GraphDataType } }),
    ),
  );
  return { nodes, feeds, fetches };
}

const typeNames = new Map(
  Object.entries(DATA_TYPES).map(([name, number]) => [number as number, name as GraphDataType]),
);

function graphAttribute(attribute: Attribute): [string, GraphAttribute] {
  const { kind, value } = readAttribute(attribute);
  const written =
    kind === 'type'
      ? { type: typeNames.get(value as number) }
      : Array.isArray(value) && kind === 'int'
        ? { ints: value }
        : { [kind]: value };
  return [attribute.name, written as GraphAttribute];
}
