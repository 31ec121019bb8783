/** From a configuration to the model that it names: one of the registry's, or a file of the user's. Runs in the worker. */
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { ModelDescriptor } from './descriptor.ts';
import { findModel } from './registry.ts';

/** @throws AppError `not-found` with the nearest name */
export function resolveModel(config: Pick<TrainingConfig, 'model' | 'modelFile'>): Pick<ModelDescriptor, 'backbone' | 'nativeScaling' | 'build'> {
  return findModel(config.model);
}
