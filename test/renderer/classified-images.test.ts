import { describe, expect, test } from 'vitest';
import {
  classifiedImages,
  describeImage,
  imageRows,
  imagesOfCell,
  worstMistakes,
} from '../../src-renderer/lib/classified-images.ts';
import { CLASSES, predictions } from '../app/report-document.ts';
import golden from '../golden/numerics/report.json' with { type: 'json' };

const images = classifiedImages(predictions);

describe('the images of a report', () => {
  test("of each cell are as many as scikit-learn's matrix counts", () => {
    const counts = CLASSES.map((_, row) =>
      CLASSES.map((_, column) => imagesOfCell(images, row, column).length),
    );
    expect(counts).toEqual(golden.confusion);
  });

  test('come with the surest first, right ones are no mistakes', () => {
    const mistakes = worstMistakes(images);
    const right = golden.confusion.reduce((sum, row, index) => sum + row[index]!, 0);
    expect(mistakes).toHaveLength(predictions.length - right);
    for (const list of [mistakes, imagesOfCell(images, 2, 3)]) {
      const confidences = list.map(({ confidence }) => confidence);
      expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
    }
  });

  test('are told in words and as rows', () => {
    const [worst] = worstMistakes(images);
    const { imageId, trueClass, predictedClass, confidence } = worst!;
    const [truth, guess] = [CLASSES[trueClass]!.code, CLASSES[predictedClass]!.code];
    expect(describeImage(worst!, CLASSES)).toBe(
      `Image ${imageId}: true ${truth}, predicted ${guess} with ${confidence.toFixed(3)}`,
    );
    expect(imageRows([worst!], CLASSES)[0]).toMatchObject({
      image_id: imageId,
      true: truth,
      predicted: guess,
      [`p_${guess}`]: confidence,
    });
  });
});
