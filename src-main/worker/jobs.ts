/**
 * Which function answers which question of the host: the whole list, each loaded only when it is asked for, so that
 * listing the models does not load TensorFlow. Runs in the worker.
 */
import { fileURLToPath } from 'node:url';
import { AppError } from '../contract/errors.ts';
import type { ItemProgress } from '../contract/schema/job.ts';
import type { WorkerContract } from '../contract/worker.ts';
import { importDataset } from '../dataset/import.ts';
import { writeSyntheticDataset } from '../dataset/synthetic/write-dataset.ts';
import type { Emit, Handlers } from '../rpc/server.ts';
import { createTrainingControl } from '../training/control.ts';
import { checkDataset, splitDataset } from './check-dataset.ts';
import type { Classifier } from './classifier.ts';
import { examineMachine } from './doctor.ts';
import { listModels } from './list-models.ts';
import type { JobObserver } from './run-training.ts';

const PRODUCT_FOLDER = fileURLToPath(new URL('../../', import.meta.url));

export function createJobs(emit: Emit<WorkerContract>): Handlers<WorkerContract> {
  const items = (progress: ItemProgress) => emit('items', progress);
  const control = createTrainingControl();
  let classifier: Classifier | null = null;
  return {
    'dataset.import': async (request, { signal }) => {
      const { inspectImage } = await import('../preprocess/inspect.ts');
      return importDataset({ ...request, inspect: inspectImage, onProgress: items, signal });
    },
    'dataset.check': ({ manifest, config }) => checkDataset(manifest, config),
    'dataset.split': ({ manifest, config }) => splitDataset(manifest, config),
    'dataset.draw-synthetic': async ({ folder, seed }, { signal }) => {
      const { encodeJpeg } = await import('../preprocess/encode.ts');
      await writeSyntheticDataset({ folder, seed, encode: encodeJpeg, onProgress: items, signal });
      return null;
    },
    'run.check': async (job) => {
      const { checkRun } = await import('./check-run.ts');
      return checkRun(job);
    },
    'run.train': async (job, { signal }) => {
      const { runTraining } = await import('./run-training.ts');
      const observer: JobObserver = {
        progress: (progress) => emit('progress', progress),
        epoch: (record) => emit('epoch', record),
        environment: (environment) => emit('environment', environment),
        warning: (text) => emit('warning', { text }),
        items,
      };
      return runTraining({ ...job, productFolder: PRODUCT_FOLDER }, observer, signal, control);
    },
    'experiment.measure': async (job, { signal }) => {
      const { measureSpeed } = await import('./measure-speed.ts');
      return measureSpeed(job, signal);
    },
    'experiment.augment': async (job, { signal }) => {
      const { previewAugmentation } = await import('./preview-augmentation.ts');
      return previewAugmentation(job, signal);
    },
    'run.steer': (wish) => {
      control.steer(wish);
      return null;
    },
    'run.evaluate': async (job, { signal }) => {
      const { evaluateModel } = await import('./evaluate-model.ts');
      return evaluateModel(job, items, signal);
    },
    'run.classify': async (job, { signal }) => {
      const { classifyImages } = await import('./classify-images.ts');
      return classifyImages(job, items, signal);
    },
    'run.export': async (job, { signal }) => {
      const { exportModel } = await import('./export-model.ts');
      return exportModel(job, signal);
    },
    'thumbnails.make': async ({ pictures }, { signal }) => {
      const { makeThumbnails } = await import('./thumbnails.ts');
      return makeThumbnails(pictures, signal);
    },
    'picture.clean': async (source) => {
      const { cleanPictureOf } = await import('./clean-picture.ts');
      return cleanPictureOf(source);
    },
    'release.fit': async (job, { signal }) => {
      const { fitRelease } = await import('./fit-release.ts');
      return fitRelease(job, items, signal);
    },
    'release.copy-model': async (job, { signal }) => {
      const { copyReleasedModel } = await import('./release-model.ts');
      return copyReleasedModel(job, signal);
    },
    'release.check-model': async (job) => {
      const { checkReleasedModel } = await import('./release-model.ts');
      return checkReleasedModel(job);
    },
    'classifier.open': async (job) => {
      const { openClassifier } = await import('./classifier.ts');
      classifier?.dispose();
      classifier = await openClassifier(job);
      return null;
    },
    'classifier.answer': (question) => requireClassifier(classifier).answer(question),
    'weights.import': async ({ path, backbone, folder }, { signal }) => {
      const { importWeightsFile } = await import('../models/weights/import-weights.ts');
      return importWeightsFile(path, folder, backbone, signal);
    },
    'weights.list': async ({ folders }) => {
      const { listWeights } = await import('../models/weights/backbone-weights.ts');
      return listWeights(folders).map((listing) => ({ ...listing }));
    },
    'model.list': ({ folders }) => listModels(folders),
    'doctor.run': ({ weights }) => examineMachine(PRODUCT_FOLDER, weights),
  };
}

function requireClassifier(classifier: Classifier | null): Classifier {
  if (classifier) return classifier;
  throw new AppError('conflict', 'No model has been loaded in this process. Open one first.');
}
