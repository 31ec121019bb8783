/**
 * Random augmentation of images: the draw as plain data, and the coordinate map it means. Pure; runs in every process.
 *
 * Follows Keras's `ImageDataGenerator` (rotation, then shift, then zoom about the image's centre, flips last, each
 * parameter drawn by itself, zoom apart for x and y), with one deviation: for images that are not square, Keras swaps
 * height and width when it centres and scales shifts (it transposes the matrix after having used them), so that its
 * rotation turns about a point off the centre. Here the centre is the centre and `shiftX` a share of the width.
 */
import type { Random } from './random.ts';

export interface AugmentationRanges {
  /** Rotation is uniform in [-r, r] degrees. */
  readonly rotationDegrees: number;
  /** Zoom is uniform in [1 - z, 1 + z]. */
  readonly zoomFraction: number;
  /** Shifts are uniform in [-s, s], as shares of width and height. */
  readonly shiftFraction: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

/** One draw. All zero, zooms 1 and no flips leave an image as it is. */
export interface AugmentationParameters {
  /** Positive turns the picture anticlockwise as seen on a screen. */
  readonly rotationDegrees: number;
  /** Above 1 shrinks the picture, below 1 enlarges it. */
  readonly zoomX: number;
  readonly zoomY: number;
  /** Share of the width; positive moves the turned picture left. */
  readonly shiftX: number;
  /** Share of the height; positive moves the turned picture up. */
  readonly shiftY: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

/** a0 a1 a2, b0 b1 b2, c0 c1 of TensorFlow's `ImageProjectiveTransformV3`. */
export type ProjectiveTransform = [number, number, number, number, number, number, number, number];

/** Whether such ranges move any image. */
export function isAugmented(ranges: AugmentationRanges): boolean {
  const { rotationDegrees, zoomFraction, shiftFraction, flipHorizontal, flipVertical } = ranges;
  return (
    flipHorizontal ||
    flipVertical ||
    [rotationDegrees, zoomFraction, shiftFraction].some((range) => range > 0)
  );
}

/**
 * How many versions of each image a run with a frozen part computes once and keeps; 0: every epoch computes its own.
 * @param epochs that are still to come: for a single one nothing is kept, unless a bank decides what it sees
 */
export function keptVersions(
  ranges: AugmentationRanges & { readonly augmentationBank: number },
  epochs: number,
): number {
  return isAugmented(ranges) ? ranges.augmentationBank : Number(epochs > 1);
}

/** Draws one image's parameters. Takes seven floats whatever the ranges are: switching one off leaves the others. */
export function drawAugmentation(random: Random, ranges: AugmentationRanges): AugmentationParameters {
  const { rotationDegrees, zoomFraction, shiftFraction } = ranges;
  return {
    rotationDegrees: random.uniform(-rotationDegrees, rotationDegrees),
    shiftY: random.uniform(-shiftFraction, shiftFraction),
    shiftX: random.uniform(-shiftFraction, shiftFraction),
    zoomX: random.uniform(1 - zoomFraction, 1 + zoomFraction),
    zoomY: random.uniform(1 - zoomFraction, 1 + zoomFraction),
    flipHorizontal: random.float() < 0.5 && ranges.flipHorizontal,
    flipVertical: random.float() < 0.5 && ranges.flipVertical,
  };
}

/**
 * The map from a pixel of the output to the point of the input it shows:
 * `xIn = a0 * xOut + a1 * yOut + a2`, `yIn = b0 * xOut + b1 * yOut + b2`, in pixels from the top left pixel's middle.
 * The centre is `(width / 2 - 0.5, height / 2 - 0.5)`.
 */
export function projectiveTransform(
  parameters: AugmentationParameters,
  widthPx: number,
  heightPx: number,
): ProjectiveTransform {
  const centreX = widthPx / 2 - 0.5;
  const centreY = heightPx / 2 - 0.5;
  const angle = (parameters.rotationDegrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const shiftX = parameters.shiftX * widthPx;
  const shiftY = parameters.shiftY * heightPx;
  // About the centre: rotation * shift * zoom * flip; a flip is a negative zoom there.
  const zoomX = parameters.flipHorizontal ? -parameters.zoomX : parameters.zoomX;
  const zoomY = parameters.flipVertical ? -parameters.zoomY : parameters.zoomY;
  const a0 = cos * zoomX;
  const a1 = -sin * zoomY;
  const b0 = sin * zoomX;
  const b1 = cos * zoomY;
  const a2 = centreX + cos * shiftX - sin * shiftY - a0 * centreX - a1 * centreY;
  const b2 = centreY + sin * shiftX + cos * shiftY - b0 * centreX - b1 * centreY;
  return [a0, a1, a2, b0, b1, b2, 0, 0];
}
