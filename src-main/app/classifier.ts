/**
 * Asks released models about pictures. Runs in the host. One worker stays alive with the model that was asked last, so that the next
 * answer comes at once; it ends when nobody has asked for a while. A folder has a worker of its own, which nobody waits for.
 */
import type { ApiContract } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { QuestionedAnswer, SimilarImage } from '../contract/release-api.ts';
import type { WorkerContract } from '../contract/worker.ts';
import type { Client } from '../rpc/client.ts';
import type { Handlers } from '../rpc/server.ts';
import type { Assets } from './assets.ts';
import { withoutContent } from './case-failure.ts';
import type { Cases } from './cases.ts';
import { classifyFolder } from './classify-folder.ts';
import { type AppContext, runJob } from './context.ts';
import { type InstalledRelease, requireRelease, requireWhole } from './releases/installed.ts';

type ClassifierHandlers = Pick<
  Handlers<ApiContract>,
  'classify.answer' | 'classify.forget' | 'classify.warm' | 'classify.folder'
>;

export interface Classifier {
  readonly handlers: ClassifierHandlers;
  /** Ends the worker. */
  close(): Promise<void>;
}

type Worker = Client<WorkerContract>;

/** A worker with a model loaded. */
interface Session {
  readonly hash: string;
  readonly worker: Promise<Worker>;
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  end(): void;
}

const IDLE_MS = 10 * 60 * 1000;

export function createClassifier(
  context: AppContext,
  { assets, cases }: { readonly assets: Assets; readonly cases: Cases },
): Classifier {
  let session: Session | null = null;
  let idle: NodeJS.Timeout | undefined;

  const stop = async () => {
    clearTimeout(idle);
    const ending = session;
    session = null;
    ending?.end();
    await ending?.ended;
  };
  const workerFor = async (hash: string): Promise<Worker> => {
    const release = await requireRelease(context, hash);
    if (session?.hash !== hash) {
      await stop();
      const opened = openSession(context, release);
      session = opened;
      void opened.ended.then(() => {
        if (session === opened) session = null;
      });
    }
    clearTimeout(idle);
    idle = setTimeout(() => void stop(), IDLE_MS).unref();
    return session.worker;
  };
  /** A process that had died unnoticed since the last question is replaced; a question that it dies of is not asked a third time. */
  const ask = async <Result>(
    hash: string,
    question: (worker: Worker) => Promise<Result>,
  ): Promise<Result> => {
    const wasOpen = session?.hash === hash;
    try {
      return await question(await workerFor(hash));
    } catch (thrown) {
      if (!wasOpen || !(thrown instanceof AppError) || thrown.code !== 'worker-died') throw thrown;
      await stop();
      return question(await workerFor(hash));
    }
  };
  const guarded =
    <Arguments extends unknown[], Result>(act: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      try {
        return await act(...given);
      } catch (thrown) {
        throw withoutContent(thrown, context.folder.cases);
      }
    };

  return {
    close: stop,
    handlers: {
      'classify.forget': ({ pictures }) => {
        for (const picture of pictures) assets.privately.forget(picture);
        return null;
      },
      'classify.warm': guarded(async ({ model }) => {
        await workerFor(model);
        return null;
      }),
      'classify.answer': guarded(async ({ model, picture, level }, { signal }) => {
        const began = performance.now();
        const { datasetId } = await requireRelease(context, model);
        const source = assets.privately.owns(picture)
          ? { base64: assets.privately.read(picture).toString('base64') }
          : { path: picture };
        const found = await ask(model, (worker) =>
          worker.call('classifier.answer', { source, level }, { signal }),
        );
        cases.audit('classified');
        return {
          ...found,
          ...withAssets(found.similar, datasetId),
          elapsedMs: performance.now() - began,
        };
      }),
      'classify.folder': guarded(async ({ model, folder, csv, level }, { signal }) => {
        const release = await requireRelease(context, model);
        cases.audit('classified');
        return runJob(
          context,
          async (worker) => {
            await open(worker, release);
            const { fit, classes } = release.release;
            if (!fit.conformal.some((conformal) => conformal.level === level)) {
              const levels = fit.conformal.map((conformal) => conformal.level).join(', ');
              throw new AppError(
                'bad-input',
                `The model has prediction sets at ${levels}; received ${level}.`,
              );
            }
            return classifyFolder({
              folder,
              csv,
              level,
              model: answering(release),
              classes,
              ask: (path) => worker.call('classifier.answer', { source: { path }, level, isBrief: true }),
              onProgress: (progress) => context.emit('classify.progress', { ...progress, csv }),
              signal,
            });
          },
          signal,
        );
      }),
    },
  };
}

const answering = ({ summary: { name, version, hash } }: InstalledRelease) => ({ name, version, hash });

async function open(worker: Worker, installed: InstalledRelease): Promise<void> {
  const { folder, release, references } = installed;
  await requireWhole(installed);
  await worker.call('classifier.open', { model: answering(installed), release, folder, references });
}

/** Starts a worker and loads a model; the worker lives until `end`. */
function openSession(context: AppContext, release: InstalledRelease): Session {
  const { promise: opened, resolve, reject } = Promise.withResolvers<Worker>();
  const over = Promise.withResolvers<void>();
  const job = runJob(context, async (worker) => {
    worker.onClose(() => over.resolve());
    await open(worker, release);
    resolve(worker);
    await over.promise;
  });
  // a question that was on its way when the process died has its own error
  const ended = job.then(
    () => undefined,
    (thrown) => reject(thrown),
  );
  opened.catch(() => undefined);
  return { hash: release.summary.hash, worker: opened, ended, end: () => over.resolve() };
}

/** Similar images as a window can look at them, or why there are none. */
function withAssets(
  similar: readonly Omit<SimilarImage, 'asset'>[] | null,
  datasetId: number | null,
): Pick<QuestionedAnswer, 'similar' | 'similarNote'> {
  if (similar === null) {
    return {
      similar: null,
      similarNote:
        'Similar images are shown on the workstation that trained the model: training images do not go with a released file.',
    };
  }
  return {
    similar: similar.map((image) => ({
      ...image,
      asset: datasetId === null ? null : `thumbnail:${datasetId}:${image.imageId}`,
    })),
    similarNote: null,
  };
}
