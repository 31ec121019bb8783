/**
 * The application, put together: database, queue, workers, and one handler for each procedure of the API. Runs in the
 * host, unchanged under Electron, the browser host and the command line.
 */
import { type ApiContract, apiContract } from '../contract/api.ts';
import type { Link } from '../rpc/link.ts';
import { type Emit, type Handlers, serve } from '../rpc/server.ts';
import { getExamples, getImage } from '../store/dataset-gallery.ts';
import * as datasetStore from '../store/datasets.ts';
import { getReport } from '../store/evaluations.ts';
import { openDatabase } from '../store/open.ts';
import { listRuns } from '../store/run-list.ts';
import { getRun } from '../store/runs.ts';
import { readSettings, writeSettings } from '../store/settings.ts';
import { getRunSplit } from '../store/splits.ts';
import { type Assets, createAssets } from './assets.ts';
import type { PrintToPdf } from './case-report.ts';
import { type CaseOptions, type Cases, caseHandlers, createCases, tidyCases } from './cases.ts';
import { createCatalogue } from './catalogue.ts';
import { type Classifier, createClassifier } from './classifier.ts';
import type { AppContext } from './context.ts';
import { createDatasetImports, type DatasetImports } from './dataset-imports.ts';
import {
  checkDataset,
  importDataset,
  importSyntheticDataset,
  openGallery,
  splitDataset,
} from './datasets.ts';
import { examine } from './doctor.ts';
import {
  classify,
  compareTwoRuns,
  evaluateRun,
  evaluationPredictions,
  exportModel,
  runPredictions,
  runReport,
} from './evaluations.ts';
import { experimentHandlers } from './experiments.ts';
import { explain } from './explain.ts';
import { chooseFolder, type FolderAccess, listFolder } from './folders.ts';
import { historyHandlers } from './history.ts';
import type { Logger } from './log.ts';
import { licenceNotices } from './notices.ts';
import { prepareDataFolder } from './paths.ts';
import { queueHandlers } from './queue-handlers.ts';
import { releaseHandlers } from './releases/handlers.ts';
import { requireRelease } from './releases/installed.ts';
import { runReportHtml } from './report-html.ts';
import { createRunQueue } from './run-queue.ts';
import { createRunTransfers, type RunTransfers } from './run-transfers.ts';
import { deleteRun, labelRun, resumeRun, runDetail, startRun } from './runs.ts';
import { importWeights } from './sent-weights.ts';
import { cleanCaches, storageOf } from './storage.ts';
import { Thumbnails } from './thumbnails.ts';
import { resolveConfig } from './training-config.ts';
import type { SpawnWorker } from './worker-process.ts';

export interface AppOptions {
  /** Absolute path of the data folder; made when it is not there. */
  readonly dataFolder: string;
  readonly version: string;
  readonly spawnWorker: SpawnWorker;
  /** Opens the log once the data folder is there. */
  readonly openLog: (file: string) => Logger;
  readonly cancelGraceMs?: number | undefined;
  /** How windows choose a folder of this machine; left out: they cannot. */
  readonly folders?: FolderAccess | undefined;
  readonly cases?: CaseOptions | undefined;
  /** How a report becomes a PDF; left out: windows print. */
  readonly printToPdf?: PrintToPdf | undefined;
  /** Where models that come with the product lie; left out: in its resources. */
  readonly bundledModels?: string | undefined;
}

export interface App {
  /** Answers a window or a terminal at the other end of the link, and tells it of events, until it goes away. */
  attach(link: Link): void;
  /** Pictures that go up from a window and down to it, beside the link. */
  readonly assets: Assets;
  /** Files of runs that a browser sends or downloads, beside the link. */
  readonly transfers: RunTransfers;
  /** Cancels what runs, waits for it, and closes the database. */
  close(): Promise<void>;
}

/** @throws AppError `read-only`, `locked`, `newer-version`, `corrupt`, `disk-full`, each naming the file */
export function createApp(options: AppOptions): App {
  const folder = prepareDataFolder(options.dataFolder);
  const log = options.openLog(folder.logFile);
  const db = openDatabase(folder.database);
  const attached = new Set<Emit<ApiContract>>();
  const emit: Emit<ApiContract> = (name, payload) => {
    for (const tell of attached) tell(name, payload);
  };
  const { spawnWorker, cancelGraceMs } = options;
  const context: AppContext = { db, folder, log, spawnWorker, emit, cancelGraceMs };
  const queue = createRunQueue(context);
  queue.recover();
  const thumbnails = new Thumbnails(context);
  const cases = createCases(context, options.cases);
  tidyCases(cases, context);
  const assets = createAssets(context, thumbnails, cases.pictures);
  const classifier = createClassifier(context, { assets, cases });
  const imports = createDatasetImports(context);
  const transfers = createRunTransfers(folder.root);
  const services = { queue, assets, cases, classifier, imports, thumbnails, transfers };
  const handlers = createHandlers(context, services, options);

  return {
    assets,
    transfers,
    attach(link) {
      const { emit: tell } = serve(link, apiContract, handlers, {
        explain: (thrown) => explain(thrown, folder.database),
        onDefect: (thrown, procedure) => log.error({ err: thrown, procedure }, 'unexpected failure'),
      });
      attached.add(tell);
      link.onClose(() => attached.delete(tell));
    },
    async close() {
      await Promise.all([queue.close(), imports.close(), thumbnails.close(), classifier.close()]);
      assets.close();
      transfers.close();
      cases.close();
      db.close();
    },
  };
}

interface Services {
  readonly queue: ReturnType<typeof createRunQueue>;
  readonly assets: Assets;
  readonly cases: Cases;
  readonly classifier: Classifier;
  readonly imports: DatasetImports;
  readonly thumbnails: Thumbnails;
  readonly transfers: RunTransfers;
}

function createHandlers(
  context: AppContext,
  { queue, assets, cases, classifier, imports, thumbnails, transfers }: Services,
  { version, folders, printToPdf, bundledModels }: AppOptions,
): Handlers<ApiContract> {
  const { db, folder } = context;
  const catalogue = createCatalogue(context);
  const findRelease = (hash: string) =>
    requireRelease(context, hash).then(
      ({ release }) => release,
      () => null,
    );
  return {
    'app.info': () => ({ version, dataFolder: folder.root, logFile: folder.logFile }),
    'app.storage': () => storageOf(folder),
    'app.clean-caches': () => cleanCaches(folder),
    'app.notices': () => licenceNotices(),

    'folder.choose': async () => ({ path: await chooseFolder(folders) }),
    'folder.list': ({ path }) => listFolder(folders, path),

    'dataset.import': (request, { signal }) => importDataset(context, request, signal),
    'dataset.import-synthetic': (_input, { signal }) => importSyntheticDataset(context, signal),
    'dataset.start-import': (request) => imports.start(request),
    'dataset.imports': () => imports.list(),
    'dataset.cancel-import': ({ root }) => {
      imports.cancel(root);
      return null;
    },
    'dataset.list': () => datasetStore.listDatasets(db),
    'dataset.get': ({ id }) => datasetStore.getDataset(db, id),
    'dataset.images': ({ id }) => {
      datasetStore.getDataset(db, id);
      return datasetStore.listImages(db, id);
    },
    'dataset.gallery': ({ id }) => openGallery(context, thumbnails, id),
    'dataset.examples': ({ id }) => getExamples(db, id),
    'dataset.image': ({ id, imageId }) => getImage(db, id, imageId),
    'dataset.problems': ({ id }) => {
      datasetStore.getDataset(db, id);
      return datasetStore.listProblems(db, id);
    },
    'dataset.check': (request, { signal }) => checkDataset(context, request, signal),
    'dataset.split': (request, { signal }) => splitDataset(context, request, signal),
    'dataset.set-classes': ({ id, classes }) => {
      datasetStore.setClasses(db, id, classes);
      context.emit('dataset.changed', {});
      return datasetStore.getDataset(db, id);
    },
    'dataset.delete': ({ id }) => {
      datasetStore.deleteDataset(db, id);
      context.emit('dataset.changed', {});
      return null;
    },

    'model.list': () => catalogue.models(),
    'weights.list': () => catalogue.weights(),
    'weights.remove': ({ backbone }) => catalogue.removeWeights(backbone),
    'weights.import': (request, { signal }) => importWeights({ catalogue, transfers }, request, signal),

    'run.resolve': async (request) => resolveConfig(await catalogue.models(), request),
    'run.start': (request, { signal }) => startRun(context, { catalogue, queue }, request, signal),
    'run.resume': ({ id }) => resumeRun(context, queue, id),
    'run.cancel': ({ id }) => {
      queue.cancel(id);
      return getRun(db, id);
    },
    ...queueHandlers(queue),
    ...experimentHandlers(context, { catalogue, queue, assets }),
    'run.list': (query) => listRuns(db, query),
    ...historyHandlers(context, transfers, version),
    'run.get': ({ id }) => runDetail(context, id),
    'run.label': ({ id, labels }) => labelRun(context, id, labels),
    'run.delete': ({ id }) => deleteRun(context, queue, id),
    'run.report': ({ id }) => runReport(context, id),
    'run.predictions': ({ id, part }) => runPredictions(context, id, part),
    'run.split': ({ id }) => {
      getRun(db, id);
      return getRunSplit(db, id);
    },
    'run.report-html': (request) => runReportHtml(context, { catalogue, version }, request),
    'run.compare': ({ first, second }) => compareTwoRuns(context, first, second),
    'run.evaluate': (request, { signal }) => evaluateRun(context, request, signal),
    'run.export': (request, { signal }) => exportModel(context, request, signal),
    'evaluation.report': ({ id }) => getReport(db, id),
    'evaluation.predictions': ({ id, part }) => evaluationPredictions(context, id, part),

    'classify.images': (request, { signal }) => classify(context, request, signal),

    ...classifier.handlers,
    ...releaseHandlers(context, { transfers, version, bundled: bundledModels }),
    ...caseHandlers(context, { cases, assets, reports: { version, findRelease, printToPdf } }),

    'doctor.run': (_input, { signal }) => examine(context, signal),
    'settings.get': () => readSettings(db),
    'settings.set': (changes) => {
      writeSettings(db, changes);
      return readSettings(db);
    },
  };
}
