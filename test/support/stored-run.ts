/** A finished run in a data folder, with a report on drawn answers and, if wanted, real picture files: no training is needed. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { DatasetImage, DatasetManifest } from '../../src-main/contract/schema/dataset.ts';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';
import { buildReport } from '../../src-main/evaluation/report.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { insertDataset } from '../../src-main/store/datasets.ts';
import { recordEpoch } from '../../src-main/store/epochs.ts';
import { insertEvaluation } from '../../src-main/store/evaluations.ts';
import { type Db, openDatabase } from '../../src-main/store/open.ts';
import { addRunWarning, insertRun, setRunResult, setRunStatus } from '../../src-main/store/runs.ts';
import { sampleEpoch } from '../store/samples.ts';

/** HAM10000's classes, with about its shares. */
const CLASSES = [
  { code: 'akiec', name: 'Actinic keratoses', malignant: true, share: 0.04 },
  { code: 'bcc', name: 'Basal cell carcinoma', malignant: true, share: 0.06 },
  { code: 'bkl', name: 'Benign keratosis', malignant: false, share: 0.12 },
  { code: 'df', name: 'Dermatofibroma', malignant: false, share: 0.02 },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false, share: 0.62 },
  { code: 'mel', name: 'Melanoma', malignant: true, share: 0.11 },
  { code: 'vasc', name: 'Vascular lesions', malignant: false, share: 0.03 },
];
export const CLASS_CODES = CLASSES.map(({ code }) => code);
const EPOCHS = 12;

export interface StoredRun {
  readonly runId: number;
  readonly evaluationId: number;
  /** Of the test part. */
  readonly predictions: readonly Prediction[];
}

/**
 * Stores a run whose test part has so many images; its validation part has a tenth as many, and predictions of its train part
 * are not kept, as in a real run. The same numbers every time.
 * @param pictures whether the images are on the disk
 */
export async function storeRun(
  dataFolder: string,
  { testImages, pictures }: { testImages: number; pictures: boolean },
): Promise<StoredRun> {
  const folder = prepareDataFolder(dataFolder);
  const db = openDatabase(folder.database);
  try {
    const manifest = drawManifest(join(dataFolder, 'drawn'), testImages);
    if (pictures) await writePictures(manifest);
    const datasetId = insertDataset(db, { manifest, importedAt: '2026-03-01T09:00:00.000Z' });
    return insertFinishedRun(db, datasetId, manifest);
  } finally {
    db.close();
  }
}

function insertFinishedRun(db: Db, datasetId: number, manifest: DatasetManifest): StoredRun {
  const config = TrainingConfig.parse({ model: 'cnn1', epochs: EPOCHS, learningRate: 0.00025 });
  const at = '2026-03-01T10:00:00.000Z';
  const run = { name: 'drawn answers', datasetId, datasetHash: manifest.hash, config, createdAt: at };
  const runId = insertRun(db, run);
  setRunStatus(db, runId, { to: 'running', at });
  addRunWarning(db, runId, 'The answers of this run are drawn.');
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    recordEpoch(db, runId, sampleEpoch(epoch, { best: epoch === 9 }));
  }
  const predictions = drawAnswers(manifest.images);
  const validation = predictions.slice(0, Math.ceil(predictions.length / 10));
  const report = buildReport({
    classes: manifest.classes,
    parts: [
      { part: 'train', predictions: validation, loss: 0.4 },
      { part: 'validation', predictions: validation, loss: 0.6 },
      { part: 'test', predictions, loss: 0.7 },
    ],
    images: new Map(manifest.images.map((image) => [image.imageId, image])),
    bootstrapSamples: 200,
    seed: 1,
    subgroupPart: 'test',
  });
  const kept = [
    { part: 'validation', predictions: validation },
    { part: 'test', predictions },
  ];
  const evaluation = { runId, datasetId, report, createdAt: at };
  const evaluationId = insertEvaluation(db, { ...evaluation, source: 'training', predictions: kept });
  setRunResult(db, runId, { epochsDone: EPOCHS, bestEpoch: 9, trainingMs: 90_000, report });
  setRunStatus(db, runId, { to: 'completed', at });
  return { runId, evaluationId, predictions };
}

function drawManifest(root: string, imageCount: number): DatasetManifest {
  const random = createRandom(11);
  const images = Array.from({ length: imageCount }, (_, index): DatasetImage => {
    const imageId = `DRAWN_${String(index).padStart(5, '0')}`;
    return {
      imageId,
      path: `${imageId}.jpg`,
      classIndex: drawClass(random.float()),
      lesionId: `LESION_${Math.floor(index / 1.3)}`,
      ageYears: 20 + random.integer(65),
      sex: random.float() < 0.5 ? 'female' : 'male',
      site: ['back', 'face', 'trunk', 'lower extremity'][random.integer(4)]!,
      dxType: ['histo', 'follow_up', 'consensus'][random.integer(3)]!,
      widthPx: 60,
      heightPx: 45,
      contentHash: createHash('sha256').update(imageId).digest('hex'),
      perceptualHash: '0'.repeat(16),
    };
  });
  return {
    formatVersion: 1,
    name: 'drawn',
    root,
    layout: 'ham10000',
    synthetic: true,
    classes: CLASSES.map(({ share: _, ...info }) => info),
    images,
    columns: ['age', 'sex', 'site', 'dx-type', 'lesion'],
    problems: [],
    hash: createHash('sha256').update(String(imageCount)).digest('hex'),
  };
}

function drawClass(at: number): number {
  let sum = 0;
  const found = CLASSES.findIndex(({ share }) => {
    sum += share;
    return at < sum;
  });
  return found < 0 ? CLASSES.length - 1 : found;
}

/** Softmax of noise with a lean towards the true class: right about three times in four. */
function drawAnswers(images: readonly DatasetImage[]): Prediction[] {
  const random = createRandom(13);
  return images.map(({ imageId, lesionId, classIndex }) => {
    const powers = CLASSES.map((_, index) => Math.exp(random.normal() + (index === classIndex ? 2.2 : 0)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return {
      imageId,
      lesionId,
      trueClass: classIndex,
      probabilities: powers.map((power) => Math.fround(power / total)),
    };
  });
}

async function writePictures({ root, images }: DatasetManifest): Promise<void> {
  mkdirSync(root, { recursive: true });
  for (const { path, classIndex, widthPx: width, heightPx: height } of images) {
    const background = { r: 200 - 20 * classIndex, g: 140, b: 100 + 15 * classIndex };
    await sharp({ create: { width, height, channels: 3, background } })
      .jpeg()
      .toFile(join(root, path));
  }
}
