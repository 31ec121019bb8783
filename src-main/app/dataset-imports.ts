/**
 * Imports that go on when their window is closed or reloaded: begun and cancelled by message, followed by events, listed for
 * a window that comes later. Runs in the host. One import a folder at a time.
 */
import { AppError, toFailure } from '../contract/errors.ts';
import type { DatasetImport, ItemProgress } from '../contract/schema/job.ts';
import { explainSystemError } from '../contract/system-error.ts';
import type { AppContext } from './context.ts';
import { importDataset, importSyntheticDataset } from './datasets.ts';

export interface DatasetImports {
  /** @param root null: the demo images */
  start(request: { root: string | null; name?: string | undefined }): DatasetImport;
  list(): DatasetImport[];
  /** @throws AppError `not-found` when no import of this folder is under way */
  cancel(root: string): void;
  /** Cancels all and waits for their end. */
  close(): Promise<void>;
}

interface UnderWay {
  readonly root: string;
  readonly synthetic: boolean;
  progress: ItemProgress | null;
  readonly cancel: AbortController;
  ended: Promise<void>;
}

export function createDatasetImports(context: AppContext): DatasetImports {
  const underWay = new Map<string, UnderWay>();
  const show = ({ root, synthetic, progress }: UnderWay): DatasetImport => ({ root, synthetic, progress });

  const run = async (job: UnderWay, name: string | undefined): Promise<void> => {
    const { signal } = job.cancel;
    const onProgress = (progress: ItemProgress) => {
      job.progress = progress;
    };
    try {
      const { dataset, created } = job.synthetic
        ? { dataset: await importSyntheticDataset(context, signal, onProgress), created: true }
        : await importDataset(context, { root: job.root, name }, signal, onProgress);
      underWay.delete(job.root);
      context.emit('dataset.import-ended', { root: job.root, dataset, created, failure: null });
    } catch (thrown) {
      underWay.delete(job.root);
      const explained = explainSystemError(thrown);
      if (!(explained instanceof AppError)) context.log.error({ err: thrown }, 'import');
      const { code, message } = toFailure(explained);
      context.emit('dataset.import-ended', {
        root: job.root,
        dataset: null,
        created: false,
        failure: { code, message },
      });
    }
  };

  return {
    start({ root: given, name }) {
      const root = given ?? context.folder.synthetic;
      const known = underWay.get(root);
      if (known) return show(known);
      const job: UnderWay = {
        root,
        synthetic: given === null,
        progress: null,
        cancel: new AbortController(),
        ended: Promise.resolve(),
      };
      underWay.set(root, job);
      context.emit('dataset.import-started', show(job));
      job.ended = run(job, name);
      return show(job);
    },
    list: () => [...underWay.values()].map(show),
    cancel(root) {
      const job = underWay.get(root);
      if (!job) throw new AppError('not-found', `No import of ${root} is under way any more.`);
      job.cancel.abort();
    },
    async close() {
      const jobs = [...underWay.values()];
      for (const job of jobs) job.cancel.abort();
      await Promise.all(jobs.map(({ ended }) => ended));
    },
  };
}
