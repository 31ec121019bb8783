/**
 * Batches of prepared images as normalised tensors, augmented on the way if asked. Runs in the worker.
 *
 * Pixels stay uint8 until they are on the device; a whole batch is augmented by one operation, with parameters
 * drawn as plain data (numerics/augmentation), edge pixels repeated and bilinear sampling.
 */
import type { Recipe } from '../contract/schema/config.ts';
import { floatsFromBytes, op, stringAttribute, typeAttribute } from '../native-op.ts';
import { type AugmentationParameters, projectiveTransform } from '../numerics/augmentation.ts';
import { type Tensor, type Tensor4D, tf } from '../tf.ts';
import type { PreparedImages } from './cache.ts';

/**
 * Images `rows` of `images` as [rows, height, width, 3] by the recipe's (pixel - mean) / deviation.
 * @param augmentations one a row, or left out. The caller disposes the result.
 */
export function loadBatch(
  images: PreparedImages,
  rows: readonly number[],
  recipe: Recipe,
  augmentations?: readonly AugmentationParameters[],
): Tensor4D {
  return tf.tidy(() => {
    const pixels = gather(images, rows);
    const moved = augmentations ? transform(pixels, augmentations, images.widthPx, images.heightPx) : pixels;
    return normalise(moved, recipe) as Tensor4D;
  });
}

function gather({ widthPx, heightPx, pixels }: PreparedImages, rows: readonly number[]): Tensor {
  const size = widthPx * heightPx * 3;
  const bytes = new Uint8Array(rows.length * size);
  rows.forEach((row, position) => {
    bytes.set(pixels.subarray(row * size, (row + 1) * size), position * size);
  });
  return floatsFromBytes(bytes, [rows.length, heightPx, widthPx, 3]);
}

function transform(
  pixels: Tensor,
  augmentations: readonly AugmentationParameters[],
  widthPx: number,
  heightPx: number,
): Tensor {
  const matrices = augmentations.flatMap((parameters) => [
    ...projectiveTransform(parameters, widthPx, heightPx),
  ]);
  return op(
    'ImageProjectiveTransformV3',
    [
      pixels,
      tf.tensor2d(matrices, [augmentations.length, 8]),
      tf.tensor1d([heightPx, widthPx], 'int32'),
      tf.scalar(0),
    ],
    [
      typeAttribute('dtype', 'float32'),
      stringAttribute('interpolation', 'BILINEAR'),
      stringAttribute('fill_mode', 'NEAREST'),
    ],
  );
}

function normalise(pixels: Tensor, { mean, deviation }: Recipe): Tensor {
  const same = [mean, deviation].every(([red, green, blue]) => red === green && red === blue);
  const shift = same ? tf.scalar(mean[0]) : tf.tensor1d(mean);
  const scale = same ? tf.scalar(1 / deviation[0]) : tf.tensor1d(deviation.map((value) => 1 / value));
  return pixels.sub(shift).mul(scale);
}
