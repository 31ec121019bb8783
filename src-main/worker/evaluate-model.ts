/** A saved model on another labelled set. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { ClassInfo, DatasetManifest } from '../contract/schema/dataset.ts';
import type { EvaluationOutcome, ItemProgress } from '../contract/schema/job.ts';
import { buildReport } from '../evaluation/report.ts';
import { loadModelFolder } from '../models/model-folder.ts';
import { predictImages } from '../models/predict-images.ts';
import { createPredictor } from '../models/predictor.ts';
import { logLoss } from '../numerics/calibration.ts';
import { prepareImages } from '../preprocess/cache.ts';

const BOOTSTRAP_SAMPLES = 1000;
const SEED = 1;

/**
 * Every image of the set, by the model's own recipe. Classes are matched by code.
 * @throws AppError `bad-dataset` when the set has a class that the model does not know; those of a bad model folder or set
 */
export async function evaluateModel(
  job: { modelFolder: string; manifest: DatasetManifest; cacheFolder: string },
  onItems: (progress: ItemProgress) => void,
  signal: AbortSignal,
): Promise<EvaluationOutcome> {
  const { manifest } = job;
  const { network, weights, metadata } = await loadModelFolder(job.modelFolder);
  const { recipe, classes } = metadata;
  const classOf = matchClasses(manifest.classes, classes);
  const { widthPx, heightPx } = recipe;
  const options = {
    root: manifest.root,
    images: manifest.images,
    widthPx,
    heightPx,
    cacheFolder: job.cacheFolder,
  };
  const prepared = await prepareImages({ ...options, onProgress: onItems, signal });
  const images = manifest.images.filter(({ imageId }) => prepared.indexOf(imageId) >= 0);
  const predictor = createPredictor(network, weights);
  try {
    const rows = images.map(({ imageId }) => prepared.indexOf(imageId));
    const probabilities = await predictImages(predictor, { images: prepared, rows, recipe, signal });
    const predictions = images.map(({ imageId, lesionId, classIndex }, index) => ({
      imageId,
      lesionId,
      trueClass: classOf[classIndex]!,
      probabilities: probabilities[index]!,
    }));
    const loss = logLoss({ rows: probabilities, trueClasses: predictions.map(({ trueClass }) => trueClass) });
    const report = buildReport({
      classes,
      parts: [{ part: manifest.name, predictions, loss }],
      images: new Map(images.map((image) => [image.imageId, image])),
      bootstrapSamples: BOOTSTRAP_SAMPLES,
      seed: SEED,
      subgroupPart: manifest.name,
    });
    return { report, predictions };
  } finally {
    predictor.dispose();
  }
}

/** For each class of the set, its index among the model's. */
function matchClasses(theirs: readonly ClassInfo[], ours: readonly { code: string }[]): number[] {
  const codes = ours.map(({ code }) => code);
  const unknown = theirs.filter(({ code }) => !codes.includes(code)).map(({ code }) => code);
  if (unknown.length > 0) {
    throw new AppError(
      'bad-dataset',
      `The set has classes that the model does not know: ${unknown.join(', ')}. The model knows ${codes.join(', ')}. Name the set's classes by these codes, or leave the others out.`,
    );
  }
  return theirs.map(({ code }) => codes.indexOf(code));
}
