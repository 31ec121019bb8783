/** Predictions as the galleries of a report show them. Pure. */
import type { ClassInfo } from '../../src-main/contract/schema/dataset.ts';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';
import { argMax } from '../../src-main/numerics/confusion.ts';
import { mistakesByConfidence } from '../../src-main/numerics/mistakes.ts';
import { formatFraction } from './format.ts';

export interface ClassifiedImage {
  readonly imageId: string;
  readonly lesionId: string;
  readonly trueClass: number;
  readonly predictedClass: number;
  /** Of the predicted class. */
  readonly confidence: number;
  readonly probabilities: readonly number[];
}

/** @param predictions with a true class each; the order stays */
export function classifiedImages(predictions: readonly Prediction[]): ClassifiedImage[] {
  return predictions.map(({ imageId, lesionId, trueClass, probabilities }) => {
    const predictedClass = argMax(probabilities);
    return {
      imageId,
      lesionId,
      trueClass: trueClass!,
      predictedClass,
      confidence: probabilities[predictedClass]!,
      probabilities,
    };
  });
}

/** The images of one cell of the confusion matrix, the surest first. */
export function imagesOfCell(
  images: readonly ClassifiedImage[],
  trueClass: number,
  predictedClass: number,
): ClassifiedImage[] {
  return images
    .filter((image) => image.trueClass === trueClass && image.predictedClass === predictedClass)
    .sort((a, b) => b.confidence - a.confidence);
}

/** What was wrong, the surest first. */
export function worstMistakes(images: readonly ClassifiedImage[]): ClassifiedImage[] {
  return mistakesByConfidence({
    rows: images.map(({ probabilities }) => probabilities),
    trueClasses: images.map(({ trueClass }) => trueClass),
  }).map(({ index }) => images[index]!);
}

/** "Image HAM_1: true mel, predicted nv with 0.912" */
export function describeImage(image: ClassifiedImage, classes: readonly ClassInfo[]): string {
  const code = (index: number) => classes[index]?.code ?? '?';
  return `Image ${image.imageId}: true ${code(image.trueClass)}, predicted ${code(image.predictedClass)} with ${formatFraction(image.confidence)}`;
}

/** Rows of a gallery: its CSV and JSON. */
export function imageRows(images: readonly ClassifiedImage[], classes: readonly ClassInfo[]) {
  return images.map((image) => ({
    image_id: image.imageId,
    lesion_id: image.lesionId,
    true: classes[image.trueClass]?.code,
    predicted: classes[image.predictedClass]?.code,
    ...Object.fromEntries(classes.map(({ code }, index) => [`p_${code}`, image.probabilities[index]])),
  }));
}
