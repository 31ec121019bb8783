import { expect, test } from 'vitest';
import { getExamples, getGallery, getImage, listPictureFiles } from '../../src-main/store/dataset-gallery.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { sampleManifest } from './samples.ts';
import { temporaryDatabase } from './temporary.ts';

const importedAt = '2025-03-01T10:00:00.000Z';

test('a gallery has every image in the order of the import, a column each, an empty cell told apart from a word', () => {
  const db = temporaryDatabase();
  insertDataset(db, { manifest: sampleManifest({ name: 'other' }), importedAt });
  const manifest = sampleManifest({ root: '/data/mine' });
  const images = manifest.images.map((image, index) => ({
    ...image,
    sex: ['unknown', 'male', null][index % 3]!,
  }));
  const id = insertDataset(db, { manifest: { ...manifest, images }, importedAt });
  const gallery = getGallery(db, id);
  const wordsOf = ({ words, indices }: typeof gallery.sexes) => indices.map((index) => words[index] ?? null);
  expect(gallery.columns).toEqual(manifest.columns);
  expect(gallery.imageIds).toEqual(images.map(({ imageId }) => imageId));
  expect(gallery.classIndices).toEqual(images.map(({ classIndex }) => classIndex));
  expect(gallery.lesionIds).toEqual(images.map(({ lesionId }) => lesionId));
  expect(gallery.agesYears).toEqual(images.map(({ ageYears }) => ageYears));
  expect(gallery.sexes.words).toEqual(['unknown', 'male']);
  expect(wordsOf(gallery.sexes)).toEqual(images.map(({ sex }) => sex));
  expect(wordsOf(gallery.sites)).toEqual(images.map(({ site }) => site));
  expect(wordsOf(gallery.dxTypes)).toEqual(images.map(({ dxType }) => dxType));
  expect(listPictureFiles(db, id)[3]).toEqual({
    root: '/data/mine',
    path: 'images/image-3.jpg',
    contentHash: images[3]!.contentHash,
  });
});

test('the examples are the first image of each class', () => {
  const db = temporaryDatabase();
  const scar = { code: 'scar', name: 'Scar', malignant: null };
  const manifest = sampleManifest({ classes: [...sampleManifest().classes, scar] });
  expect(getExamples(db, insertDataset(db, { manifest, importedAt }))).toEqual(['image-0', 'image-4', null]);
});

test('one image is found with all its figures; a dataset or image that is not there is named', () => {
  const db = temporaryDatabase();
  const id = insertDataset(db, { manifest: sampleManifest(), importedAt });
  expect(getImage(db, id, 'image-4')).toEqual(sampleManifest().images[4]);
  expect(() => getImage(db, id, 'image-99')).toThrow('The dataset "sample" has no image "image-99".');
  expect(() => getGallery(db, 9)).toThrow(expect.objectContaining({ code: 'not-found' }));
});
