/**
 * What a window or the command line asks of the application: the whole list. Pure (zod only). Long ones report by the
 * events of events.ts and are cancelled by their call's signal; a run is cancelled by `run.cancel`.
 */
import { z } from 'zod';
import { caseEvents, caseProcedures } from './case-api.ts';
import { apiEvents } from './events.ts';
import { releaseEvents, releaseProcedures } from './release-api.ts';
import { ModelInfo, Preset, WeightListing, WeightsImport } from './schema/catalogue.ts';
import { TrainingConfig } from './schema/config.ts';
import {
  ClassInfo,
  DatasetGallery,
  DatasetImage,
  DatasetProblem,
  DatasetSummary,
  Split,
} from './schema/dataset.ts';
import { DoctorReport } from './schema/doctor.ts';
import { EvaluationReport, Prediction, RunComparison } from './schema/evaluation.ts';
import { AugmentedImage, RunSpeed } from './schema/experiment.ts';
import { FolderListing } from './schema/folder.ts';
import {
  PackedRuns,
  RunFacets,
  RunPage,
  RunPageQuery,
  RunsStorage,
  SeedGroup,
  SettingPoint,
  UnpackedRuns,
} from './schema/history.ts';
import { Classification, DatasetCheck, DatasetImport, ExportedFile, ExportFormat } from './schema/job.ts';
import { QueueState } from './schema/queue.ts';
import { Artifact, EpochRecord, RunLabels, RunQuery, RunRecord, RunSummary } from './schema/run.ts';
import { Settings, SettingsChange } from './schema/settings.ts';
import { Storage } from './schema/storage.ts';
import { defineContract } from './wire.ts';

const id = z.number().int().positive();
const byId = z.object({ id });
const nothing = z.object({});
const path = z.string().min(1);

/** Settings of a run over a preset of its model: keys of TrainingConfig; a run needs at least `model`. */
const RunSettings = z.object({
  preset: Preset.default('default'),
  settings: z.record(z.string(), z.unknown()).default({}),
});

export const EvaluationHead = z.object({
  id,
  runId: id,
  datasetId: id,
  source: z.enum(['training', 'external']),
  createdAt: z.string(),
});
export type EvaluationHead = z.infer<typeof EvaluationHead>;

export const RunDetail = z.object({
  run: RunRecord,
  dataset: DatasetSummary,
  epochs: z.array(EpochRecord),
  artifacts: z.array(Artifact),
  evaluations: z.array(EvaluationHead),
  /** Where its files lie. */
  folder: z.string(),
});
export type RunDetail = z.infer<typeof RunDetail>;

/** A run of the history, or the folder of a saved model. */
export const ModelReference = z.union([z.object({ runId: id }), z.object({ folder: path })]);
export type ModelReference = z.infer<typeof ModelReference>;

export const apiContract = defineContract({
  procedures: {
    'app.info': {
      input: nothing,
      output: z.object({ version: z.string(), dataFolder: z.string(), logFile: z.string() }),
    },
    /** What the data folder takes, and what its disk still has. */
    'app.storage': { input: nothing, output: Storage },
    /** Deletes what can be made again: decoded images and thumbnails. Not while a run trains. */
    'app.clean-caches': { input: nothing, output: z.object({ freedBytes: z.number().nonnegative() }) },
    /** Licences of this program and of what it carries. */
    'app.notices': { input: nothing, output: z.array(z.object({ title: z.string(), text: z.string() })) },

    /** Where the host has a dialog of the system (Electron); null: none was chosen. */
    'folder.choose': { input: nothing, output: z.object({ path: path.nullable() }) },
    /** Where it has none (a browser): sub-folders inside the allowed roots; `path` null: these roots. */
    'folder.list': { input: z.object({ path: path.nullable() }), output: FolderListing },

    'dataset.import': {
      input: z.object({
        root: path,
        name: z.string().min(1).optional(),
        layout: z.string().optional(),
        classes: z.array(ClassInfo).optional(),
      }),
      /** `created` is false when the same content had been imported from there before. */
      output: z.object({ dataset: DatasetSummary, created: z.boolean() }),
    },
    /** Draws the synthetic set in the data folder (once) and imports it. */
    'dataset.import-synthetic': { input: nothing, output: DatasetSummary },
    /**
     * Begins an import (of the demo images where `root` is null) that goes on when its window is closed or reloaded; the
     * events `dataset.progress` and `dataset.import-ended` tell how it goes. One that is under way already is that one.
     */
    'dataset.start-import': {
      input: z.object({ root: path.nullable(), name: z.string().min(1).optional() }),
      output: DatasetImport,
    },
    'dataset.imports': { input: nothing, output: z.array(DatasetImport) },
    'dataset.cancel-import': { input: z.object({ root: path }), output: z.null() },
    'dataset.list': { input: nothing, output: z.array(DatasetSummary) },
    'dataset.get': { input: byId, output: DatasetSummary },
    'dataset.images': { input: byId, output: z.array(DatasetImage) },
    'dataset.gallery': { input: byId, output: DatasetGallery },
    /** The first image of each class, in the order of the classes. */
    'dataset.examples': { input: byId, output: z.array(z.string().nullable()) },
    'dataset.image': { input: z.object({ id, imageId: z.string().min(1) }), output: DatasetImage },
    'dataset.problems': { input: byId, output: z.array(DatasetProblem) },
    /** Cleaning, split and leaks of a run with these settings (all may be left out, the model too). */
    'dataset.check': {
      input: RunSettings.extend({ id }),
      output: DatasetCheck,
    },
    /** Image ids of each part that a run with these settings (all may be left out) would have. */
    'dataset.split': { input: RunSettings.extend({ id }), output: Split },
    'dataset.set-classes': { input: z.object({ id, classes: z.array(ClassInfo) }), output: DatasetSummary },
    'dataset.delete': { input: byId, output: z.null() },

    'model.list': { input: nothing, output: z.array(ModelInfo) },
    'weights.list': { input: nothing, output: z.array(WeightListing) },
    'weights.import': {
      /** `path` may be the asset id of a file that a browser sent; `fileName` is what it was called there. */
      input: z.object({ path, fileName: z.string().optional(), backbone: z.string().optional() }),
      output: WeightsImport,
    },
    /** Takes imported weights away, so that those that come with the product serve again. @throws `not-found` where none were imported */
    'weights.remove': { input: z.object({ backbone: z.string() }), output: z.array(WeightListing) },

    /** The whole configuration that these settings give, or what is wrong with them. */
    'run.resolve': { input: RunSettings, output: TrainingConfig },
    /** How fast earlier runs with such steps were; null where there is none. */
    'experiment.speed': { input: RunSettings, output: RunSpeed.nullable() },
    /** Trains a few steps to see. @throws `conflict` while a run trains */
    'experiment.measure': { input: RunSettings.extend({ datasetId: id }), output: RunSpeed },
    /** Images of the dataset as epochs would show them; another `draw`, other images and other versions. */
    'experiment.augment': {
      input: RunSettings.extend({
        datasetId: id,
        images: z.number().int().min(1).max(8).default(3),
        versions: z.number().int().min(1).max(12).default(6),
        draw: z.number().int().min(0).max(0xffffffff).default(1),
      }),
      output: z.array(AugmentedImage),
    },
    'run.start': {
      input: RunSettings.extend({ datasetId: id, name: z.string().min(1).optional() }),
      output: RunRecord,
    },
    'run.resume': { input: byId, output: RunRecord },
    /** Stops it after its step, or takes it out of the queue; it can be resumed. */
    'run.cancel': { input: byId, output: RunRecord },
    /** Waits between two steps, its process kept. */
    'run.pause': { input: byId, output: QueueState },
    /** Goes on, and does not stop after its epoch if it was asked to. */
    'run.continue': { input: byId, output: QueueState },
    /** Once the present epoch is over: stops (it can be resumed), or makes the report of the epochs that there are. */
    'run.stop-after-epoch': {
      input: z.object({ id, thenReport: z.boolean().default(false) }),
      output: QueueState,
    },
    'queue.get': { input: nothing, output: QueueState },
    /** Waiting runs, the next one first. */
    'queue.order': { input: z.object({ ids: z.array(id) }), output: QueueState },
    /** Starts what an earlier session left waiting. */
    'queue.release': { input: nothing, output: QueueState },
    'run.list': { input: RunQuery, output: z.array(RunSummary) },
    /** A page of the history, however long it is. */
    'run.page': { input: RunPageQuery, output: RunPage },
    /** All that the filter lets through, for a selection. */
    'run.ids': { input: RunPageQuery.pick({ filter: true, sort: true }), output: z.array(id) },
    'run.facets': { input: nothing, output: RunFacets },
    'run.storage': { input: z.object({ ids: z.array(id) }), output: RunsStorage },
    'run.seeds': { input: z.object({ ids: z.array(id).min(1) }), output: z.array(SeedGroup) },
    /** One setting against the figures, of completed runs on the data of the first of these: these, then the newest. */
    'run.points': {
      input: z.object({ ids: z.array(id).min(1), setting: TrainingConfig.keyof() }),
      output: z.array(SettingPoint),
    },
    /** Runs in one file, to carry to another machine; `path` null: into the data folder, to be downloaded. */
    'run.pack': { input: z.object({ ids: z.array(id).min(1), path: path.nullable() }), output: PackedRuns },
    /** Takes the runs out of such a file; `path` may be the asset of an upload. Runs that are here already refuse it, or are left out. */
    'run.unpack': {
      input: z.object({ path, skipExisting: z.boolean().default(false) }),
      output: UnpackedRuns,
    },
    'run.get': { input: byId, output: RunDetail },
    'run.label': { input: z.object({ id, labels: RunLabels }), output: RunRecord },
    'run.delete': { input: byId, output: z.object({ freedBytes: z.number().int().nonnegative() }) },
    'run.report': { input: byId, output: EvaluationReport.nullable() },
    'run.predictions': {
      input: z.object({ id, part: z.string().default('test') }),
      output: z.array(Prediction),
    },
    'run.split': { input: byId, output: Split.nullable() },
    /** The report as one HTML file; with an evaluation, that of a test on another set. */
    'run.report-html': { input: byId.extend({ evaluationId: id.optional() }), output: z.string() },
    'run.compare': { input: z.object({ first: id, second: id }), output: RunComparison },
    /** Tests a run's model on another labelled set and remembers the report. */
    'run.evaluate': {
      input: z.object({ id, datasetId: id, skipUnknownClasses: z.boolean().default(false) }),
      output: z.object({
        evaluation: EvaluationHead,
        report: EvaluationReport,
        /** Images that the run has seen before, or whose lesion it has: figures on these are too good. */
        seenImages: z.number().int().nonnegative(),
      }),
    },
    'run.export': {
      input: z.object({ id, format: ExportFormat, path }),
      output: z.array(ExportedFile),
    },
    'evaluation.report': { input: byId, output: EvaluationReport },
    'evaluation.predictions': {
      input: z.object({ id, part: z.string().optional() }),
      output: z.array(Prediction),
    },

    'classify.images': {
      input: z.object({ model: ModelReference, paths: z.array(path).min(1) }),
      output: Classification,
    },

    ...releaseProcedures,
    ...caseProcedures,

    'doctor.run': { input: nothing, output: DoctorReport },
    'settings.get': { input: nothing, output: Settings },
    'settings.set': { input: SettingsChange, output: Settings },
  },
  events: { ...apiEvents, ...caseEvents, ...releaseEvents },
});
export type ApiContract = typeof apiContract;
