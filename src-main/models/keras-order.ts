/**
 * The order in which Keras lists a functional model's layers (`model.layers`): by depth from the output, layers of one depth by a
 * depth-first walk from the output. Runs in the worker. Files of Keras number layers, or load them, in this order.
 */
import type { Layer, Network } from '../contract/schema/network.ts';
import { inputNames } from './shapes.ts';

export function kerasLayerOrder(network: Pick<Network, 'layers'>): Layer[] {
  const { layers } = network;
  const indexOf = new Map(layers.map((layer, index) => [layer.name, index]));
  const sources = layers.map((_, index) => inputNames(layers, index).map((name) => indexOf.get(name)!));
  const visited: number[] = [];
  const finished: number[] = [];
  const seen = new Set<number>();
  const walk = (index: number): void => {
    if (seen.has(index)) return;
    seen.add(index);
    visited.push(index);
    for (const source of sources[index]!) walk(source);
    finished.push(index);
  };
  walk(layers.length - 1);
  const depths = new Map<number, number>();
  for (const index of finished.toReversed()) {
    const depth = depths.get(index) ?? 0;
    depths.set(index, depth);
    for (const source of sources[index]!) depths.set(source, Math.max(depth + 1, depths.get(source) ?? 0));
  }
  const order = new Map(visited.map((index, position) => [index, position]));
  return visited
    .toSorted((a, b) => depths.get(b)! - depths.get(a)! || order.get(a)! - order.get(b)!)
    .map((index) => layers[index]!);
}
