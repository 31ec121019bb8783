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

function load(savedModel: Uint8Array): GraphSession {
  const folder = mkdtempSync(join(tmpdir(), 'lesion-lab-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return openGraph(folder, GRAPH_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
