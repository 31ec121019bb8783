/**
 * What the host asks of a worker process, one job a process. Pure (zod only). The worker answers with data; it never
 * writes the database. Paths are absolute.
 */
import { z } from 'zod';
import { SimilarImage } from './release-api.ts';
import { PatientFields } from './schema/case.ts';
import { ModelInfo, WeightListing, WeightsImport } from './schema/catalogue.ts';
import { AnsweringModel, ClinicalAnswer, PredictionSet } from './schema/clinical-answer.ts';
import { TrainingConfig } from './schema/config.ts';
import { ClassInfo, DatasetImage, DatasetManifest, Split } from './schema/dataset.ts';
import { DoctorReport } from './schema/doctor.ts';
import { AugmentedImage, RunSpeed } from './schema/experiment.ts';
import {
  CheckedRun,
  Classification,
  DatasetCheck,
  EvaluationOutcome,
  ExportedFile,
  ExportFormat,
  ItemProgress,
  TrainingOutcome,
} from './schema/job.ts';
import { CleanedPicture, PictureSource } from './schema/picture.ts';
import { Steering } from './schema/queue.ts';
import { Release, ReleaseFit, ReleaseTargets } from './schema/release.ts';
import { ReleasedNetwork } from './schema/release-archive.ts';
import { Environment, EpochRecord, TrainingProgress } from './schema/run.ts';
import { defineContract } from './wire.ts';

const path = z.string().min(1);
/** Folders that may hold ImageNet weights, the first that has them wins. */
const weightFolders = z.array(path);

export const workerContract = defineContract({
  procedures: {
    'dataset.import': {
      input: z.object({
        root: path,
        name: z.string().min(1).optional(),
        layout: z.string().optional(),
        classes: z.array(ClassInfo).optional(),
      }),
      output: DatasetManifest,
    },
    'dataset.check': {
      input: z.object({ manifest: DatasetManifest, config: TrainingConfig }),
      output: DatasetCheck,
    },
    /** Image ids of each part that a run with this configuration would have. */
    'dataset.split': {
      input: z.object({ manifest: DatasetManifest, config: TrainingConfig }),
      output: Split,
    },
    'dataset.draw-synthetic': {
      input: z.object({ folder: path, seed: z.number().int().nonnegative() }),
      output: z.null(),
    },
    /** Whether a run could begin, before it is remembered. */
    'run.check': {
      input: z.object({
        manifest: DatasetManifest,
        config: TrainingConfig,
        folders: z.object({ weights: weightFolders }),
      }),
      output: CheckedRun,
    },
    'run.train': {
      input: z.object({
        runFolder: path,
        manifest: DatasetManifest,
        config: TrainingConfig,
        /** The run's own copy of the model file; null for a model of the product. */
        modelFile: path.nullable(),
        /** The one that the run has already; null where it is still to be made. */
        split: Split.nullable(),
        folders: z.object({ cache: path, weights: weightFolders }),
        resume: z.boolean(),
        /** That the history knows of; 0 for a new run. */
        epochsDone: z.number().int().nonnegative(),
      }),
      output: TrainingOutcome,
    },
    'experiment.measure': {
      input: z.object({
        manifest: DatasetManifest,
        config: TrainingConfig,
        modelFile: path.nullable(),
        folders: z.object({ cache: path, weights: weightFolders }),
      }),
      output: RunSpeed.omit({ source: true, runIds: true, wholeMsPerImage: true }),
    },
    'experiment.augment': {
      input: z.object({
        root: path,
        images: z.array(DatasetImage),
        config: TrainingConfig,
        versions: z.number().int().positive(),
        seed: z.number().int().nonnegative(),
        folders: z.object({ cache: path, output: path }),
        prefix: z.string().min(1),
      }),
      output: z.array(AugmentedImage),
    },
    /** What the training that is under way, or the next one, is asked to do. */
    'run.steer': { input: Steering, output: z.null() },
    'run.evaluate': {
      input: z.object({
        modelFolder: path,
        manifest: DatasetManifest,
        cacheFolder: path,
        /** Leave out images of classes that the model does not know, in place of refusing the set. */
        skipUnknownClasses: z.boolean().default(false),
      }),
      output: EvaluationOutcome,
    },
    'run.classify': {
      input: z.object({ modelFolder: path, paths: z.array(path).min(1) }),
      output: Classification,
    },
    'run.export': {
      input: z.object({ modelFolder: path, format: ExportFormat, path }),
      output: z.array(ExportedFile),
    },
    /** Small copies of pictures as files; for each null, or why there is none. */
    'thumbnails.make': {
      input: z.object({ pictures: z.array(z.object({ source: path, target: path })) }),
      output: z.array(z.string().nullable()),
    },
    /** A picture fit to be kept in a case: upright, without metadata; it goes through memory alone. */
    'picture.clean': { input: PictureSource, output: CleanedPicture },
    /**
     * Everything that a release's answers rest on: fitted on the calibration part, measured on test. Writes `distribution.bin` (what the
     * feature distance needs) and `references.bin` with `references.json` (features of the training part) into `folder`.
     */
    'release.fit': {
      input: z.object({
        modelFolder: path,
        manifest: DatasetManifest,
        split: Split,
        targets: ReleaseTargets,
        folder: path,
        cacheFolder: path,
      }),
      output: ReleaseFit,
    },
    /** A run's model for a release, without what is known of the machine and the folders that it was trained in. */
    'release.copy-model': { input: z.object({ from: path, to: path }), output: ReleasedNetwork },
    /** Reads the model that came out of a released file: whole, and of layers that are known. */
    'release.check-model': { input: z.object({ folder: path }), output: ReleasedNetwork },
    /** Loads a released model; later questions of this worker are to it. */
    'classifier.open': {
      input: z.object({
        model: AnsweringModel,
        release: Release,
        /** With `model/`, and `distribution.bin` where the release has one. */
        folder: path,
        /** With `references.bin` and `references.json`; null: no training images are at hand. */
        references: path.nullable(),
      }),
      output: z.null(),
    },
    'classifier.answer': {
      input: z.object({
        source: PictureSource,
        level: z.number().gt(0).lt(1),
        /** Without heat maps, similar images and a picture to show: for a folder. */
        isBrief: z.boolean().default(false),
      }),
      output: z.object({
        answer: ClinicalAnswer,
        sets: z.array(PredictionSet),
        similar: z.array(SimilarImage.omit({ asset: true })).nullable(),
        patient: PatientFields.nullable(),
        shown: z.string().nullable(),
      }),
    },
    'weights.import': {
      input: z.object({ path, backbone: z.string().optional(), folder: path }),
      output: WeightsImport,
    },
    'weights.list': { input: z.object({ folders: weightFolders }), output: z.array(WeightListing) },
    'model.list': { input: z.object({ folders: weightFolders }), output: z.array(ModelInfo) },
    'doctor.run': { input: z.object({ weights: weightFolders }), output: DoctorReport },
  },
  events: {
    /** Of an import, an evaluation, a folder being classified. */
    items: ItemProgress,
    progress: TrainingProgress,
    epoch: EpochRecord,
    environment: Environment,
    warning: z.object({ text: z.string() }),
    log: z.object({ level: z.enum(['info', 'warn', 'error']), text: z.string() }),
  },
});
export type WorkerContract = typeof workerContract;
