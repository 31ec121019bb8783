/**
 * A released model that answers for one picture at a time. Runs in the worker; a picture goes through memory alone.
 *
 * One forward pass over the picture's eight views gives logits, features and the last map; everything else of the answer
 * (calibration, set, distance, heat maps, similar images) comes from these.
 */
import { join } from 'node:path';
import { isDicom } from '../contract/dicom-signature.ts';
import { AppError } from '../contract/errors.ts';
import type { SimilarImage } from '../contract/release-api.ts';
import type { PatientFields } from '../contract/schema/case.ts';
import type {
  AnsweringModel,
  ClinicalAnswer,
  HeatMap,
  PredictionSet,
  QualityFinding,
} from '../contract/schema/clinical-answer.ts';
import type { PictureSource } from '../contract/schema/picture.ts';
import type { Release } from '../contract/schema/release.ts';
import { composeAnswer } from '../evaluation/clinical-answer.ts';
import { createFeatureExtractor, disposeFeatures } from '../models/features.ts';
import { createGradCam, type GradCam, lastMapLayer } from '../models/grad-cam.ts';
import { loadModelFolder } from '../models/model-folder.ts';
import { indexNeighbours, nearestNeighbours, neighboursByClass } from '../numerics/neighbours.ts';
import { distanceMeasure } from '../numerics/out-of-distribution.ts';
import { decodeImage } from '../preprocess/decode.ts';
import { countPictures, readPictureFile } from '../preprocess/decode-source.ts';
import { readDicom } from '../preprocess/dicom.ts';
import { assessImage } from '../preprocess/image-quality.ts';
import { patientFieldsOf } from '../preprocess/patient-fields.ts';
import { browsersShow, encodePreview } from '../preprocess/preview.ts';
import { viewsOf } from '../preprocess/views.ts';
import { type Tensor, type Tensor2D, tf } from '../tf.ts';
import { readDistribution, readReferences } from './release-files.ts';

export interface ClassifierJob {
  readonly model: AnsweringModel;
  readonly release: Release;
  readonly folder: string;
  readonly references: string | null;
}

export interface Question {
  readonly source: PictureSource;
  readonly level: number;
  readonly isBrief: boolean;
}

export interface Questioned {
  readonly answer: ClinicalAnswer;
  readonly sets: PredictionSet[];
  readonly similar: Omit<SimilarImage, 'asset'>[] | null;
  readonly patient: PatientFields | null;
  readonly shown: string | null;
}

export interface Classifier {
  /** @throws AppError `bad-image`, `not-found`; `bad-input` for a level that the release does not have */
  answer(question: Question): Promise<Questioned>;
  dispose(): void;
}

/** Similar images that are told, one a lesion. */
const SIMILAR = 8;

/** @throws AppError `corrupt`, `not-found`, `bad-model`: those of a bad folder */
export async function openClassifier({
  model,
  release,
  folder,
  references,
}: ClassifierJob): Promise<Classifier> {
  const { network, weights, metadata } = await loadModelFolder(join(folder, 'model'));
  const { recipe } = metadata;
  const cam = lastMapLayer(network) === null ? null : createGradCam(network, weights);
  const extractor = createFeatureExtractor(network, weights, cam?.reads ?? []);
  const gaussian = await readDistribution(folder, release.fit.distance);
  const similarTo = references === null ? null : await similarImages(references, extractor.dims, release);

  /** All that the network says of a decoded picture. */
  function look(pixels: Uint8Array, isBrief: boolean) {
    const views = viewsOf(pixels, recipe);
    const seen = extractor.run(views);
    try {
      const features = firstRow(seen.features);
      const kindFeatures = firstRow(seen.kindFeatures);
      const logits = seen.logits.arraySync();
      const heatMaps = cam && !isBrief ? mapsOfFirst(cam, seen.others) : null;
      return { features, kindFeatures, logits, heatMaps };
    } finally {
      views.dispose();
      disposeFeatures(seen);
    }
  }

  return {
    async answer({ source, level, isBrief }) {
      requireLevel(level, release);
      const picture = await readSource(source);
      const [quality, pixels] = await Promise.all([
        assessImage(picture.bytes, picture.name),
        decodeImage(picture.bytes, recipe, picture.name),
      ]);
      const { features, kindFeatures, logits, heatMaps } = look(pixels, isBrief);
      const similar = isBrief ? null : (similarTo?.(features) ?? null);
      const measures = {
        logits,
        distance: distanceMeasure({ logits: logits[0]!, features: kindFeatures }, gaussian),
        quality: quality.findings.map(asFinding),
        heatMaps,
        similarByClass: similar?.byClass ?? null,
        warnings: picture.warnings,
      };
      return {
        ...composeAnswer({ model, release }, level, measures, new Date().toISOString()),
        similar: similar?.images ?? null,
        patient: picture.patient,
        shown:
          isBrief || browsersShow(picture.original) ? null : await encodePreview(picture.bytes, picture.name),
      };
    },
    dispose() {
      extractor.dispose();
      cam?.dispose();
    },
  };
}

function requireLevel(level: number, { fit }: Release): void {
  const levels = fit.conformal.map((conformal) => conformal.level);
  if (levels.includes(level)) return;
  throw new AppError(
    'bad-input',
    `The model has prediction sets at the levels ${levels.join(', ')}; received ${level}.`,
  );
}

interface ReadPicture {
  readonly name: string;
  readonly original: Buffer;
  /** A picture file that can be decoded: out of the DICOM file, if it is one. */
  readonly bytes: Buffer;
  readonly patient: PatientFields | null;
  readonly warnings: readonly string[];
}

async function readSource(source: PictureSource): Promise<ReadPicture> {
  const isPath = 'path' in source;
  const name = isPath ? source.path : 'The picture';
  const original = isPath ? await readPictureFile(source.path) : Buffer.from(source.base64, 'base64');
  if (!isDicom(original)) {
    const count = await countPictures(original, name);
    const warnings = count > 1 ? [`The file holds ${count} pictures. Only the first is looked at.`] : [];
    return { name, original, bytes: original, patient: null, warnings };
  }
  const { picture, fields, warnings } = await readDicom(original, name);
  return { name, original, bytes: picture.bytes, patient: patientFieldsOf(fields), warnings };
}

async function similarImages(folder: string, dims: number, { classes }: Release) {
  const { features, images } = await readReferences(folder, dims);
  const index = indexNeighbours(features, dims);
  const groups = images.map(({ lesionId }) => lesionId);
  const classOfRow = images.map(({ classIndex }) => classIndex);
  return (query: Float32Array) => {
    const neighbours = nearestNeighbours(index, query, { k: SIMILAR, groups });
    return {
      byClass: neighboursByClass(neighbours, classOfRow, classes.length),
      images: neighbours.map(({ row, similarity }) => ({
        imageId: images[row]!.imageId,
        classIndex: images[row]!.classIndex,
        similarity,
      })),
    };
  };
}

/** Of the picture as it is, which is the first of the views. */
function firstRow(values: Tensor2D): Float32Array {
  return tf.tidy(() => (values.slice([0, 0], [1, -1]).dataSync() as Float32Array).slice());
}

/** Heat maps of the picture as it is, which is the first of the views. */
function mapsOfFirst(cam: GradCam, values: ReadonlyMap<string, Tensor>): HeatMap[] {
  const firsts = new Map([...values].map(([name, value]) => [name, value.slice(0, 1)]));
  try {
    return cam.mapsOfAll(firsts).map(asPlainMap);
  } finally {
    for (const first of firsts.values()) first.dispose();
  }
}

function asPlainMap({
  height,
  width,
  values,
}: {
  height: number;
  width: number;
  values: Float32Array;
}): HeatMap {
  return { height, width, values: Array.from(values, (value) => Math.round(value * 1000) / 1000) };
}

function asFinding({
  code,
  value,
  limit,
  words,
}: Awaited<ReturnType<typeof assessImage>>['findings'][number]): QualityFinding {
  return { kind: code, value, limit, message: words };
}
