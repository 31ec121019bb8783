import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TrainingConfig, type TrainingConfigInput } from '../../src-main/contract/schema/config.ts';
import {
  type DatasetImage,
  type DatasetManifest,
  SPLIT_PARTS,
} from '../../src-main/contract/schema/dataset.ts';
import { findStraddles } from '../../src-main/dataset/checks.ts';
import { makeSplit } from '../../src-main/dataset/make-split.ts';
import { classIndex, image, manifestOf } from './manifests.ts';
import { temporaryFolder, writeFiles } from './pictures.ts';

const config = (input: Partial<TrainingConfigInput> = {}) => TrainingConfig.parse({ model: 'nn1', ...input });

/** 60 % nv, 30 % mel, 10 % df; lesions of one to three images. */
function images(count = 600): DatasetImage[] {
  return Array.from({ length: count }, (_, i) => {
    const lesion = Math.floor(i / 6) * 3 + [0, 1, 1, 2, 2, 2][i % 6]!;
    const code = ['nv', 'nv', 'nv', 'nv', 'nv', 'nv', 'mel', 'mel', 'mel', 'df'][lesion % 10]!;
    return image(`i${i}`, { lesionId: `L${lesion}`, classIndex: classIndex(code) });
  });
}

const manifest = manifestOf(images());
const split = (input: Partial<TrainingConfigInput> = {}, of: DatasetManifest = manifest) =>
  makeSplit(of, of.images, config(input));

const sizes = (parts: Record<string, string[]>) => SPLIT_PARTS.map((part) => parts[part]!.length);
const everyId = (parts: Record<string, string[]>) => SPLIT_PARTS.flatMap((part) => parts[part]!).sort();
const allIds = manifest.images.map(({ imageId }) => imageId).sort();

describe('by lesion', () => {
  test('60 / 10 / 10 / 20, every image once, no lesion in two parts, class shares kept', () => {
    const made = split();
    expect(everyId(made.split)).toEqual(allIds);
    expect(findStraddles(manifest, made.split)).toEqual([]);
    for (const [i, share] of [0.6, 0.1, 0.1, 0.2].entries()) {
      const ids = new Set(made.split[SPLIT_PARTS[i]!]);
      expect(Math.abs(ids.size - share * 600)).toBeLessThanOrEqual(6);
      const nevi = manifest.images.filter((it) => ids.has(it.imageId) && it.classIndex === classIndex('nv'));
      expect(Math.abs(nevi.length / ids.size - 0.6)).toBeLessThan(0.05);
    }
    expect(made.warnings).toEqual(
      ['akiec', 'bcc', 'bkl', 'vasc'].map((code) => `No image of the class ${code} is left after cleaning.`),
    );
  });

  test("the seed decides it, the run's unless the split has its own", () => {
    expect(split({ seed: 5 })).toEqual(split({ seed: 5 }));
    expect(split({ seed: 5 }).split).not.toEqual(split({ seed: 6 }).split);
    expect(split({ seed: 5, splitSeed: 6 })).toEqual(split({ seed: 6 }));
  });

  test('near and exact duplicates count as one lesion', () => {
    const ids = manifest.images.filter((_, i) => i % 6 === 0).map(({ imageId }) => imageId);
    const problems = ids.slice(0, 40).flatMap((id, i) => [
      { kind: 'near-duplicate' as const, imageIds: [id, ids[i + 40]!], message: '' },
      { kind: 'exact-duplicate' as const, imageIds: [id, ids[99 - (i % 10)]!], message: '' },
    ]);
    const linked = manifestOf(manifest.images, { problems });
    expect(findStraddles(linked, split().split).length).toBeGreaterThan(20);
    expect(findStraddles(linked, split({}, linked).split)).toEqual([]);
  });

  test('fractions that do not sum to 1 are refused, rounding is not', () => {
    expect(() => split({ testFraction: 0.3 })).toThrow(
      'The fractions (train 0.6, validation 0.1, calibration 0.1, test 0.3) sum to 1.1; expected 1',
    );
    const thirds = {
      trainFraction: 1 / 3,
      validationFraction: 1 / 3,
      calibrationFraction: 0,
      testFraction: 0.3333334,
    };
    expect(split(thirds).split.calibration).toEqual([]);
  });

  test('a class with one sample trains; the parts without it are warned about', () => {
    const single = manifestOf([...manifest.images, image('only', { classIndex: classIndex('vasc') })]);
    const made = split({}, single);
    expect(made.split.train).toContain('only');
    expect(made.warnings).toContain('The test part has no image of the class vasc.');
    expect(made.warnings).toContain('The validation part has no image of the class vasc.');
  });

  test('a split that leaves a class out of the training part is refused, naming it', () => {
    const few = { trainFraction: 0, validationFraction: 0.5, calibrationFraction: 0, testFraction: 0.5 };
    expect(() => split(few)).toThrow(/^The training part has no image; raise the train fraction/);
    const single = manifestOf([...manifest.images, image('only', { classIndex: classIndex('vasc') })]);
    const mostlyTest = {
      trainFraction: 0.1,
      validationFraction: 0.1,
      calibrationFraction: 0,
      testFraction: 0.8,
    };
    expect(() => split(mostlyTest, single)).toThrow(
      /^The training part has no image of the class vasc; raise/,
    );
  });

  test('parts of fraction 0 are empty; a missing validation or test part is a warning', () => {
    const { warnings } = split({
      trainFraction: 1,
      validationFraction: 0,
      calibrationFraction: 0,
      testFraction: 0,
    });
    expect(warnings).toContain('The validation part is empty.');
    expect(warnings).toContain('The test part is empty.');
    expect(warnings.join()).not.toMatch(/calibration/);
  });

  test('nothing left to split is an error', () => {
    expect(() => makeSplit(manifest, [], config())).toThrow(/cleaning rules removed all/);
  });
});

describe('by image, as published', () => {
  test('67.5 / 7.5 / 25, no calibration part, and a warning that lesions leak', () => {
    const made = split({ splitMethod: 'image' });
    expect(sizes(made.split)).toEqual([405, 45, 0, 150]);
    expect(everyId(made.split)).toEqual(allIds);
    const lesions = findStraddles(manifest, made.split).filter(({ kind }) => kind === 'lesion').length;
    expect(lesions).toBeGreaterThan(50);
    expect(made.warnings).toContain(
      `${lesions} lesions lie in more than one part: the test figures are optimistic.`,
    );
  });

  test('too few images are refused', () => {
    expect(() => makeSplit(manifest, manifest.images.slice(0, 2), config({ splitMethod: 'image' }))).toThrow(
      /2 images cannot be split/,
    );
  });
});

describe('k-fold by lesion', () => {
  const fold = (n: number, input: Partial<TrainingConfigInput> = {}) =>
    split({ splitMethod: 'k-fold', fold: n, ...input });

  test('every image is tested in exactly one fold, no lesion leaks', () => {
    const folds = [0, 1, 2, 3, 4].map((n) => fold(n).split);
    expect(folds.flatMap(({ test: ids }) => ids).sort()).toEqual(allIds);
    for (const made of folds) {
      expect(everyId(made)).toEqual(allIds);
      expect(findStraddles(manifest, made)).toEqual([]);
      const [train, validation, calibration, tested] = sizes(made);
      expect(tested).toBeGreaterThan(110);
      expect(train! / (600 - tested!)).toBeCloseTo(0.75, 1);
      expect(validation! / (600 - tested!)).toBeCloseTo(0.125, 1);
      expect(calibration! / (600 - tested!)).toBeCloseTo(0.125, 1);
    }
  });

  test('a fold that is not there, and more folds than lesions, are refused', () => {
    expect(() => fold(5)).toThrow('Fold 5 of 5: folds count from 0; expected 0 to 4.');
    const three = manifestOf([image('a'), image('b', { classIndex: 5 }), image('c')]);
    expect(() => split({ splitMethod: 'k-fold' }, three)).toThrow(/5 folds of 3 lesions/);
  });
});

describe('from a file', () => {
  const fromFile = (content: string, of = manifest, kept = of.images) => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'split.csv': content });
    return makeSplit(of, kept, config({ splitMethod: 'file', splitFile: join(folder, 'split.csv') }));
  };
  const small = manifestOf([
    image('a'),
    image('b'),
    image('c', { lesionId: 'L' }),
    image('d', { lesionId: 'L' }),
    image('e', { ageYears: 0 }),
  ]);

  test("takes it as it is, by the parts' names", () => {
    const made = fromFile('\ufeffimage_id,part\r\nc,Train\r\na,val\r\nb,calibration\r\nd,test\r\n', small);
    expect(made.split).toEqual({ train: ['c'], validation: ['a'], calibration: ['b'], test: ['d'] });
    expect(made.warnings).toContainEqual(
      expect.stringMatching(/^1 images are in no part of .*split\.csv and are not used \(e\)\.$/),
    );
    expect(made.warnings).toContain('1 lesions lie in more than one part: the test figures are optimistic.');
  });

  test('says what of it the dataset lacks and what the cleaning removed', () => {
    const kept = small.images.slice(0, 4);
    const { split: made, warnings } = fromFile(
      'image_id,part\na,train\nb,test\nc,train\nd,train\ne,test\nz,test\n',
      small,
      kept,
    );
    expect(made.test).toEqual(['b']);
    expect(warnings).toContainEqual(expect.stringMatching(/^1 images of .* are not in the dataset \(z\)\.$/));
    expect(warnings).toContainEqual(
      expect.stringMatching(/^1 images of .* were removed by the cleaning rules \(e\)\.$/),
    );
  });

  test.each([
    ['sep=;\nimage_id;part\na;train\nb;exam\n', /split\.csv, line 4: "exam" is no part/],
    ['image_id,part\na,train\nb,exam\n', /split\.csv, line 3: "exam" is no part; expected train, validation/],
    ['image_id,part\na,train\na,test\n', /split\.csv, line 3: a is in train and in test/],
    ['image_id,part\nx,train\ny,test\n', /none of its 2 image ids \(x, y\) is in the dataset made up/],
    ['image_id,part\n', /a header and 0 rows/],
    ['id,part\na,train\n', /missing column image_id/],
    ['image_id,part\na,test\nb,test\n', /^The training part has no image;/],
  ])('refuses %j', (content, message) => {
    expect(() => fromFile(content, small)).toThrow(message);
  });

  test('a file that is not named or not there', () => {
    expect(() => split({ splitMethod: 'file' })).toThrow(/"splitFile" names none/);
    expect(() => split({ splitMethod: 'file', splitFile: '/nowhere/split.csv' })).toThrow(
      /nowhere\/split\.csv/,
    );
  });
});
