/** Manifests made up in memory, for the tests of what works on manifests alone. */
import { createHash } from 'node:crypto';
import type { DatasetImage, DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import { HAM10000_CLASSES } from '../../src-main/dataset/ham10000.ts';

export const classIndex = (code: string): number => HAM10000_CLASSES.findIndex((info) => info.code === code);

export function image(imageId: string, fields: Partial<DatasetImage> = {}): DatasetImage {
  return {
    imageId,
    path: `${imageId}.jpg`,
    classIndex: classIndex('nv'),
    lesionId: `lesion of ${imageId}`,
    ageYears: 50,
    sex: 'male',
    site: 'back',
    dxType: 'histo',
    widthPx: 60,
    heightPx: 45,
    contentHash: createHash('sha256').update(imageId).digest('hex'),
    perceptualHash: '0'.repeat(16),
    ...fields,
  };
}

export function manifestOf(
  images: readonly DatasetImage[],
  fields: Partial<DatasetManifest> = {},
): DatasetManifest {
  return {
    formatVersion: 1,
    name: 'made up',
    root: '/nowhere',
    layout: 'ham10000',
    synthetic: false,
    classes: [...HAM10000_CLASSES],
    images: [...images],
    columns: ['age', 'sex', 'site', 'dx-type', 'lesion'],
    problems: [],
    hash: '0'.repeat(64),
    ...fields,
  };
}
