/** From a configuration to the model that it names: one of the registry's, or a file of the user's. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { TrainingConfig } from '../contract/schema/config.ts';
import { type CustomModel, loadModelFile } from './custom.ts';
import type { ModelDescriptor } from './descriptor.ts';
import { findModel } from './registry.ts';

export type ResolvedModel = Pick<ModelDescriptor, 'backbone' | 'nativeScaling' | 'build'> &
  Pick<CustomModel, 'weights'>;

/** @throws AppError `not-found` with the nearest name, or the file that is not there; `bad-model`, `bad-input` */
export async function resolveModel(
  config: Pick<TrainingConfig, 'model' | 'modelFile'>,
): Promise<ResolvedModel> {
  if (config.model !== 'file') return { ...findModel(config.model), weights: () => null };
  if (config.modelFile === null) {
    throw new AppError(
      'bad-input',
      'The model "file" needs "modelFile": a layer list (JSON) or a Keras model.',
    );
  }
  return loadModelFile(config.modelFile);
}
