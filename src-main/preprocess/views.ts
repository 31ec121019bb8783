/**
 * One decoded picture as a batch of its eight views (mirrored, and turned by quarters), normalised. Runs in the worker.
 *
 * A picture that is not square is turned within its frame, as augmentation turns it: what leaves the frame is lost, what enters it
 * repeats the edge.
 */
import type { Recipe } from '../contract/schema/config.ts';
import { DIHEDRAL_VERSIONS } from '../numerics/test-time-agreement.ts';
import type { Tensor4D } from '../tf.ts';
import { loadBatch } from './batches.ts';

/** @param pixels as `decodeImage` gives them by the recipe @returns [8, height, width, 3], the picture as it is first; the caller disposes it */
export function viewsOf(pixels: Uint8Array, recipe: Recipe): Tensor4D {
  const images = { ...recipe, count: 1, pixels, indexOf: () => -1, skipped: [] };
  const views = DIHEDRAL_VERSIONS.map(({ isMirrored, turnedDegrees }) => ({
    rotationDegrees: turnedDegrees,
    zoomX: 1,
    zoomY: 1,
    shiftX: 0,
    shiftY: 0,
    flipHorizontal: isMirrored,
    flipVertical: false,
  }));
  return loadBatch(
    images,
    views.map(() => 0),
    recipe,
    views,
  );
}
