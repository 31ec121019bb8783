/** Where the trained part of a network begins. Runs in the worker; loads no TensorFlow. */
import { AppError } from '../contract/errors.ts';
import type { Network } from '../contract/schema/network.ts';

/** Index of the first layer that trains: the backbone's last `trainableLayers`, and always the whole head; the input, 0, is none. */
export function firstTrainableLayer(network: Network, trainableLayers: number | 'all'): number {
  const backbone = network.backboneLayerCount;
  if (trainableLayers === 'all') return 1;
  if (trainableLayers > backbone && backbone > 0) {
    throw new AppError(
      'bad-input',
      `"trainableLayers" is ${trainableLayers}, but the backbone has ${backbone} layers; give 0 to ${backbone}, or "all".`,
    );
  }
  return Math.max(1, backbone - trainableLayers);
}
