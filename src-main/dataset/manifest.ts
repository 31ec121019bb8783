/** What a dataset's content is known by. Runs in the worker. */
import { createHash } from 'node:crypto';
import type { ClassInfo, DatasetImage } from '../contract/schema/dataset.ts';

/** SHA-256 over image id, content hash, class code and lesion of every image, in their order. */
export function manifestHash(classes: readonly ClassInfo[], images: readonly DatasetImage[]): string {
  const hash = createHash('sha256');
  for (const { imageId, contentHash, classIndex, lesionId } of images) {
    hash.update(`${JSON.stringify([imageId, contentHash, classes[classIndex]!.code, lesionId])}\n`);
  }
  return hash.digest('hex');
}
