/**
 * Whether a run could begin: device, images, split, batch size, model file, first weights. Runs in the worker, before the run is
 * remembered, so that a mistake comes back to whoever made it and leaves no failed run.
 * Reads no picture.
 */
import type { TrainingConfig } from '../contract/schema/config.ts';
import type { DatasetManifest } from '../contract/schema/dataset.ts';
import type { CheckedRun } from '../contract/schema/job.ts';
import { cleanImages } from '../dataset/cleaning.ts';
import { requireInPlace } from '../dataset/folder-contents.ts';
import { makeSplit } from '../dataset/make-split.ts';
import { listModelFiles } from '../models/custom-files.ts';
import { firstTrainableLayer } from '../models/first-trainable.ts';
import { createTrainable } from '../models/trainable.ts';
import { requireFrozenPart } from '../training/frozen-features.ts';
import { createLoss } from '../training/losses.ts';
import { requireBatch } from '../training/train.ts';
import { requireDevice } from './environment.ts';
import { planModel } from './plan-model.ts';

/**
 * @returns the files that an own model is made of, absolute (none for a model of the product), and the split
 * @throws AppError `no-device`, `not-found` (the images are gone), `bad-split`, `bad-input`, and those of `planModel`
 */
export async function checkRun(job: {
  manifest: DatasetManifest;
  config: TrainingConfig;
  folders: { weights: readonly string[] };
}): Promise<CheckedRun> {
  const { manifest, config } = job;
  const modelFile = config.model === 'file' ? config.modelFile : null;
  requireDevice(config.device);
  requireInPlace(manifest);
  const made = makeSplit(manifest, cleanImages(manifest, config).images, config);
  requireBatch(config, made.split.train.length);
  const { network, weights } = await planModel({ ...job, modelFile });
  const first = firstTrainableLayer(network, config.trainableLayers);
  const model = createTrainable(network, weights, first, createLoss(config));
  model.dispose();
  requireFrozenPart(config, model);
  return {
    modelFiles: modelFile === null ? [] : await listModelFiles(modelFile),
    split: made,
  };
}
