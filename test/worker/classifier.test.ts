/** The classifier in the worker, with real files and a network of every layer whose weights are a formula's. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ClinicalAnswer } from '../../src-main/contract/schema/clinical-answer.ts';
import type { Release } from '../../src-main/contract/schema/release.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { openClassifier } from '../../src-main/worker/classifier.ts';
import { classifyImages } from '../../src-main/worker/classify-images.ts';
import { writeReferences } from '../../src-main/worker/release-files.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { dicomFile } from '../preprocess/dicom-file.ts';
import { landscape, noise, printedPage } from '../preprocess/drawn-scenes.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { exampleMetadata } from '../support/model-metadata.ts';
import { RELEASED_DIMS as DIMS, RELEASED_KIND_DIMS, writeReleasedModel } from '../support/released-model.ts';
import { threeClassRelease } from '../support/three-class-release.ts';

const model = { name: 'Sample', version: '1.0.0', hash: 'ab'.repeat(32) };
const question = { level: 0.9, isBrief: false };
let picture: Buffer;

beforeAll(async () => {
  picture = await asSharp(drawnPixels(1, 600, 450, 'mel'), 600, 450)
    .png()
    .toBuffer();
});

async function opened(
  { distance = {}, temperature = 1 }: { distance?: object; temperature?: number } = {},
  references: string | null = null,
) {
  const folder = temporaryFolder();
  await writeReleasedModel(folder);
  const { fit } = threeClassRelease();
  const release: Release = threeClassRelease({
    classes: exampleMetadata().classes,
    fit: {
      ...fit,
      temperature,
      distance: { ...fit.distance, featureCount: RELEASED_KIND_DIMS, limit: 1e6, ...distance },
    },
  });
  const classifier = await openClassifier({ model, release, folder, references });
  onTestFinished(() => classifier.dispose());
  return { classifier, folder, release };
}

const asSource = (bytes: Buffer) => ({ base64: bytes.toString('base64') });

describe('the classifier', () => {
  it('gives the probabilities of the bare network at temperature 1, and softer ones above', async () => {
    const { classifier, folder } = await opened();
    const file = join(folder, 'picture.png');
    writeFileSync(file, picture);
    const job = { modelFolder: join(folder, 'model'), paths: [file] };
    const bare = await classifyImages(job, () => undefined, new AbortController().signal);
    const expected = bare.answers[0]!.probabilities!;
    const { answer } = await classifier.answer({ source: { path: file }, ...question });
    answer.probabilities.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 5);
    });
    const soft = await (await opened({ temperature: 4 })).classifier.answer({
      source: asSource(picture),
      ...question,
    });
    expect(Math.max(...soft.answer.probabilities)).toBeLessThan(Math.max(...expected));
  });

  it('has all parts of an answer: views, distance, a heat map for each class', async () => {
    const { classifier } = await opened();
    const { answer, sets, shown, patient } = await classifier.answer({
      source: asSource(picture),
      ...question,
    });
    expect(ClinicalAnswer.parse(answer)).toEqual(answer);
    expect(sets.map(({ level }) => level)).toEqual([0.8, 0.9]);
    expect(answer.agreement?.views).toBe(8);
    expect(answer.heatMaps).toHaveLength(3);
    expect(answer.outOfDistribution.value).toBeGreaterThan(0);
    expect([shown, patient]).toEqual([null, null]);
  });

  it('measures the energy where the release has no Gaussian of features', async () => {
    const energy = { method: 'energy', featureCount: null, whitenedMeans: null, limit: -1e6 };
    const { classifier } = await opened({ distance: energy });
    const { answer } = await classifier.answer({ source: asSource(picture), ...question });
    expect(answer.outOfDistribution).toMatchObject({ method: 'energy', isOutside: true });
    expect(answer.isWithheld).toBe(true);
  });

  it('finds the picture itself among the training images, one image a lesion, and counts by class', async () => {
    const references = temporaryFolder();
    const probe = await opened();
    const own = await featuresOf(probe.folder);
    const random = createRandom(5);
    const others = Float32Array.from({ length: 20 * DIMS }, () => Math.abs(random.normal()));
    await writeReferences(references, {
      features: Float32Array.from([...others, ...own, ...own]),
      images: Array.from({ length: 22 }, (_, row) => ({
        imageId: `image-${row}`,
        lesionId: row >= 20 ? 'same' : `lesion-${row}`,
        classIndex: row >= 20 ? 1 : 0,
      })),
    });
    const { classifier } = await opened({}, references);
    const { similar, answer } = await classifier.answer({ source: asSource(picture), ...question });
    expect(similar).toHaveLength(8);
    expect(similar![0]).toMatchObject({ imageId: 'image-20', classIndex: 1 });
    expect(similar![0]!.similarity).toBeCloseTo(1, 5);
    expect(answer.similarByClass).toEqual([7, 1, 0]);
  });

  it('leaves out of a folder’s answers what nobody looks at', async () => {
    const { classifier } = await opened();
    const brief = await classifier.answer({ source: asSource(picture), level: 0.9, isBrief: true });
    const whole = await classifier.answer({ source: asSource(picture), ...question });
    expect(brief.answer.heatMaps).toBeNull();
    expect(brief.answer.probabilities).toEqual(whole.answer.probabilities);
    expect(brief.answer.warnings).toEqual(whole.answer.warnings);
  });

  it('looks at the first of several pictures in a file, and says so', async () => {
    const { classifier } = await opened();
    const other = await sharp(picture).negate().toBuffer();
    const join = { join: { animated: true } };
    const pages = await sharp([picture, other], join).webp({ lossless: true, loop: 0 }).toBuffer();
    const alone = await classifier.answer({ source: asSource(picture), ...question });
    const found = await classifier.answer({ source: asSource(pages), ...question });
    expect(found.answer.probabilities).toEqual(alone.answer.probabilities);
    expect(found.answer.warnings).toContain('The file holds 2 pictures. Only the first is looked at.');
    expect(alone.answer.warnings.join(' ')).not.toContain('holds');
  });

  it('answers a DICOM file as the picture in it, with the patient’s fields apart', async () => {
    const { classifier } = await opened();
    const pixels = { data: drawnPixels(1, 600, 450, 'mel'), widthPx: 600, heightPx: 450, coding: 'RGB' };
    const found = await classifier.answer({ source: asSource(dicomFile(pixels)), ...question });
    const plain = await classifier.answer({ source: asSource(picture), ...question });
    expect(found.answer.probabilities).toEqual(plain.answer.probabilities);
    expect(found.answer.warnings.join(' ')).toMatch(/burned/i);
    expect(found.patient).toMatchObject({ PatientID: 'PX-4711' });
    const [, base64] = found.shown!.split(',');
    const preview = await sharp(Buffer.from(base64!, 'base64')).metadata();
    expect([preview.format, preview.width, preview.height]).toEqual(['jpeg', 600, 450]);
  });

  it.each([
    ['a landscape', landscape],
    ['a document', printedPage],
    ['noise', () => noise(1)],
  ])('gives no diagnosis for %s, however sure the network is', async (_name, draw) => {
    const { classifier } = await opened();
    const { answer } = await classifier.answer({ source: asSource(await draw()), ...question });
    expect(answer.isWithheld).toBe(true);
    expect(answer.operating).toEqual([]);
    expect(answer.predictionSet.members.every(({ isIncluded }) => isIncluded)).toBe(true);
  });

  it('refuses what is no picture, and a level that the release does not have', async () => {
    const { classifier } = await opened();
    await expect(
      classifier.answer({ source: asSource(Buffer.from('dear diary, today I ...')), ...question }),
    ).rejects.toMatchObject({ code: 'bad-image', message: expect.stringContaining('a text file') });
    await expect(
      classifier.answer({ source: asSource(picture), level: 0.99, isBrief: false }),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('received 0.99') });
  });
});

/** The features of `picture`, by way of the numbers that a release keeps. */
async function featuresOf(folder: string): Promise<Float32Array> {
  const { createFeatureExtractor, disposeFeatures } = await import('../../src-main/models/features.ts');
  const { loadModelFolder } = await import('../../src-main/models/model-folder.ts');
  const { decodeImage } = await import('../../src-main/preprocess/decode.ts');
  const { viewsOf } = await import('../../src-main/preprocess/views.ts');
  const { network, weights, metadata } = await loadModelFolder(join(folder, 'model'));
  const extractor = createFeatureExtractor(network, weights);
  const views = viewsOf(await decodeImage(picture, metadata.recipe), metadata.recipe);
  const seen = extractor.run(views);
  const own = (seen.features.dataSync() as Float32Array).slice(0, extractor.dims);
  disposeFeatures(seen);
  views.dispose();
  extractor.dispose();
  return own;
}
