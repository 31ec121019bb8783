/** A saved model on another labelled set. Runs in the worker. */
import { AppError } from '../contract/errors.ts';
import type { DatasetImage, DatasetManifest } from '../contract/schema/dataset.ts';
import type { LeftOutImages } from '../contract/schema/evaluation.ts';
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
 * Every image of the set, by the model's own recipe. Classes are matched by code; what had to be left out is in the report.
 * @throws AppError `bad-dataset` when images of the set have a class that the model does not know, unless these are to be skipped,
 * or when none is left; those of a bad model folder or set
 */
export async function evaluateModel(
  job: { modelFolder: string; manifest: DatasetManifest; cacheFolder: string; skipUnknownClasses?: boolean },
  onItems: (progress: ItemProgress) => void,
  signal: AbortSignal,
): Promise<EvaluationOutcome> {
  const { manifest } = job;
  const { network, weights, metadata } = await loadModelFolder(job.modelFolder);
  const { recipe, classes } = metadata;
  const codes = classes.map(({ code }) => code);
  const { known, unknownClasses } = byKnownClass(manifest, codes, job.skipUnknownClasses ?? false);
  const { widthPx, heightPx } = recipe;
  const options = {
    root: manifest.root,
    images: known,
    widthPx,
    heightPx,
    cacheFolder: job.cacheFolder,
  };
  const prepared = await prepareImages({ ...options, onProgress: onItems, signal });
  const images = known.filter(({ imageId }) => prepared.indexOf(imageId) >= 0);
  const leftOut = { unknownClasses, unreadable: prepared.skipped.map(({ imageId }) => imageId) };
  requireImages(manifest, images, leftOut);
  const predictor = createPredictor(network, weights);
  try {
    const rows = images.map(({ imageId }) => prepared.indexOf(imageId));
    const probabilities = await predictImages(predictor, { images: prepared, rows, recipe, signal });
    const predictions = images.map(({ imageId, lesionId, classIndex }, index) => ({
      imageId,
      lesionId,
      trueClass: codes.indexOf(manifest.classes[classIndex]!.code),
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
    const isWhole = leftOut.unknownClasses.length + leftOut.unreadable.length === 0;
    return { report: isWhole ? report : { ...report, leftOut }, predictions };
  } finally {
    predictor.dispose();
  }
}

/** The images whose class the model knows, and the counts of the others by class. */
function byKnownClass(
  manifest: DatasetManifest,
  codes: readonly string[],
  skipsUnknown: boolean,
): { known: DatasetImage[]; unknownClasses: LeftOutImages['unknownClasses'] } {
  const codeOf = ({ classIndex }: DatasetImage) => manifest.classes[classIndex]!.code;
  const known = manifest.images.filter((image) => codes.includes(codeOf(image)));
  const unknownClasses = manifest.classes
    .filter(({ code }) => !codes.includes(code))
    .map(({ code }) => ({ code, images: manifest.images.filter((image) => codeOf(image) === code).length }))
    .filter(({ images }) => images > 0);
  if (unknownClasses.length > 0 && !skipsUnknown) {
    const unknown = unknownClasses.map(({ code, images }) => `${code} (${images} images)`).join(', ');
    throw new AppError(
      'bad-dataset',
      `The set has classes that the model does not know: ${unknown}. The model knows ${codes.join(', ')}. Name the set's classes by these codes, or ask for those images to be left out (--skip-unknown-classes).`,
      { details: { unknownClasses } },
    );
  }
  return { known, unknownClasses };
}

function requireImages(
  { name, images }: DatasetManifest,
  left: readonly DatasetImage[],
  { unreadable }: LeftOutImages,
): void {
  if (left.length > 0) return;
  throw new AppError(
    'bad-dataset',
    `None of the ${images.length} images of ${name} can be used: ${unreadable.length} cannot be read, ${images.length - unreadable.length} are of classes that the model does not know.`,
  );
}
