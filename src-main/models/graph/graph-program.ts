/**
 * A forward pass as one TensorFlow graph: written to a temporary folder, loaded, and the folder removed. Runs in the worker.
 * TensorFlow's graph optimiser fuses it; results differ from the eager kernels by float rounding.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphSession, openGraph } from '../../native-op.ts';
import { type Tensor, tf } from '../../tf.ts';
import type { FoldedLayers } from '../fold.ts';
import type { ForwardProgram } from '../predictor.ts';
import { tensorOf } from '../tensor-of.ts';
import { layerGraph } from './layer-nodes.ts';
import { encodeSavedModel, GRAPH_TAG } from './saved-model.ts';
import { type TracedGraph, traceGraph } from './trace.ts';

/** @param folded layers with the input first. @throws Error of the library when it refuses the graph */
export function compileGraph({ layers, weights }: FoldedLayers, outputs: readonly string[]): ForwardProgram {
  const { nodes, input, fed, nodeOf } = layerGraph(layers, weights);
  const session = load(encodeSavedModel(nodes));
  const constants = [...fed.values()].map(tensorOf);
  const from = [input, ...fed.keys()];
  const fetched = outputs.map((name) => nodeOf.get(name)!);
  return {
    run(images: Tensor) {
      const values = session.run([images, ...constants], from, fetched);
      return new Map(outputs.map((name, position) => [name, values[position]!]));
    },
    dispose() {
      session.dispose();
      tf.dispose(constants);
    },
  };
}

/** A computation of given tensors; the caller disposes the results. */
export interface TensorProgram {
  run(given: readonly Tensor[]): readonly Tensor[];
  dispose(): void;
}

/** `compute` as a graph, made anew for each combination of shapes that comes. */
export function compileTraced(compute: (given: readonly Tensor[]) => readonly Tensor[]): TensorProgram {
  const compiled = new Map<string, { session: GraphSession; traced: TracedGraph }>();
  function compile(given: readonly Tensor[]) {
    const traced = traceGraph(given, compute);
    return { traced, session: load(encodeSavedModel(traced.nodes)) };
  }
  return {
    run(given) {
      const shapes = given.map(({ shape }) => shape.join('x')).join();
      if (!compiled.has(shapes)) compiled.set(shapes, compile(given));
      const { session, traced } = compiled.get(shapes)!;
      return session.run(given, traced.feeds, traced.fetches);
    },
    dispose() {
      for (const { session } of compiled.values()) session.dispose();
    },
  };
}

function load(savedModel: Uint8Array): GraphSession {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return openGraph(folder, GRAPH_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
