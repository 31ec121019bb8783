import { describe, expect, test } from 'vitest';
import { cleanImages } from '../../src-main/dataset/cleaning.ts';
import { image, manifestOf } from './manifests.ts';

const ALL = { dropMissing: true, dropAgeZero: true, dropUnknown: true };

const flawed = [
  image('whole'),
  image('no age', { ageYears: null }),
  image('age 0', { ageYears: 0 }),
  image('age 0, site unknown', { ageYears: 0, site: 'unknown' }),
  image('no sex, site unknown', { sex: null, site: 'unknown' }),
  image('sex Unknown', { sex: 'Unknown' }),
  image('type unknown', { dxType: 'unknown' }),
  image('whole too', { ageYears: 5 }),
];

const keptIds = (rules: Parameters<typeof cleanImages>[1], manifest = manifestOf(flawed)) =>
  cleanImages(manifest, rules).images.map(({ imageId }) => imageId);

describe('cleanImages', () => {
  test('applies the published rules in order and counts a row for the first that removes it', () => {
    const { images, report } = cleanImages(manifestOf(flawed), ALL);
    expect(images.map(({ imageId }) => imageId)).toEqual(['whole', 'whole too']);
    expect(report).toEqual({
      rules: ALL,
      rowsRead: 8,
      removedBy: { dropMissing: 2, dropAgeZero: 2, dropUnknown: 2 },
      rowsKept: 2,
    });
  });

  test('each rule is a switch', () => {
    const none = { dropMissing: false, dropAgeZero: false, dropUnknown: false };
    expect(keptIds(none)).toHaveLength(8);
    expect(keptIds({ ...none, dropMissing: true })).not.toContain('no age');
    expect(keptIds({ ...none, dropMissing: true })).toContain('age 0');
    expect(keptIds({ ...none, dropAgeZero: true })).toHaveLength(6);
    expect(keptIds({ ...none, dropUnknown: true })).toEqual(['whole', 'no age', 'age 0', 'whole too']);
    expect(cleanImages(manifestOf(flawed), none).report.removedBy).toEqual({});
  });

  test('looks at the columns alone that the dataset has', () => {
    expect(keptIds(ALL, manifestOf(flawed, { columns: [] }))).toHaveLength(8);
    expect(keptIds(ALL, manifestOf(flawed, { columns: ['age'] }))).toEqual([
      'whole',
      'no sex, site unknown',
      'sex Unknown',
      'type unknown',
      'whole too',
    ]);
  });

  test('leaves the manifest as it is', () => {
    const manifest = manifestOf(flawed);
    cleanImages(manifest, ALL);
    expect(manifest.images).toEqual(flawed);
  });
});
