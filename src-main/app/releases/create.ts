/**
 * Releases a run's model: fits on its calibration part, measures on its test part, and packs one file, which is then taken in by the way
 * that any other workstation takes it in. Runs in the host.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { DatasetManifest, Split } from '../../contract/schema/dataset.ts';
import {
  RELEASE_VERSION,
  Release,
  type ReleaseFit,
  type ReleaseSummary,
  type ReleaseTargets,
  type ReleaseText,
} from '../../contract/schema/release.ts';
import type { ReleasedNetwork } from '../../contract/schema/release-archive.ts';
import type { RunRecord } from '../../contract/schema/run.ts';
import { getDataset, getManifest } from '../../store/datasets.ts';
import { isAbsentDataset } from '../../store/run-archive.ts';
import { getRun } from '../../store/runs.ts';
import { getRunSplit } from '../../store/splits.ts';
import { type AppContext, now, runJob } from '../context.ts';
import { runReport } from '../evaluations.ts';
import { modelFolder } from '../paths.ts';
import { cardHtml } from './card/html.ts';
import { cardMarkdown } from './card/markdown.ts';
import { releaseEvidence } from './evidence.ts';
import { install, listReleases, withStaged, withWorkplace } from './installed.ts';
import { writeReleaseFile } from './release-file.ts';

export interface ReleaseRequest {
  readonly runId: number;
  readonly text: ReleaseText;
  readonly targets: ReleaseTargets;
  readonly sign: boolean;
}

/** What of a run can be released. */
interface Releasable {
  readonly run: RunRecord;
  readonly manifest: DatasetManifest;
  readonly split: Split;
  readonly model: string;
}

/** @throws AppError `conflict`, `bad-dataset`, `cancelled`, `disk-full`; nothing is kept then */
export async function createRelease(
  context: AppContext,
  request: ReleaseRequest,
  appVersion: string,
  signal?: AbortSignal,
): Promise<ReleaseSummary> {
  const releasable = requireReleasable(context, request.runId);
  await requireNewVersion(context, request.text);
  return withWorkplace(context, async (workplace) => {
    const [content, fitted] = [join(workplace, 'content'), join(workplace, 'fitted')];
    for (const folder of [content, fitted]) await mkdir(folder, { mode: 0o700 });
    const { network, fit } = await fitModel(context, { ...request, ...releasable, content, fitted }, signal);
    const release = describe(context, { request, releasable, network, fit, appVersion });
    if (existsSync(join(fitted, 'distribution.bin')))
      await rename(join(fitted, 'distribution.bin'), join(content, 'distribution.bin'));
    await writeFile(join(content, 'release.json'), JSON.stringify(release));
    await writeFile(join(content, 'model-card.md'), cardMarkdown(release));
    await writeFile(join(content, 'model-card.html'), cardHtml(release));
    const path = join(workplace, 'packed.lesion-model');
    const keyFile = request.sign ? context.folder.signingKey : null;
    await writeReleaseFile(path, { folder: content, keyFile, appVersion, release }, signal);
    return takeIn(context, { path, fitted, release, runId: request.runId }, signal);
  });
}

/** Features of training images stay here: they are no part of the file. */
async function takeIn(
  context: AppContext,
  { path, fitted, release, runId }: { path: string; fitted: string; release: Release; runId: number },
  signal?: AbortSignal,
): Promise<ReleaseSummary> {
  return withStaged(
    context,
    { path, name: `${release.name} ${release.version}` },
    async (staged) => {
      const references = join(staged.folder, 'references');
      await mkdir(references, { mode: 0o700 });
      for (const name of ['references.bin', 'references.json'])
        await rename(join(fitted, name), join(references, name));
      return install(context, staged, { origin: 'released-here', runId });
    },
    signal,
  );
}

function requireReleasable(context: AppContext, id: number): Releasable {
  const { db, folder } = context;
  const run = getRun(db, id);
  const refuse = (what: string, remedy: string) =>
    new AppError('conflict', `Run ${id} cannot be released: ${what}. ${remedy}`);
  if (run.status !== 'completed') throw refuse(`it is ${run.status}`, 'Choose a completed run.');
  const model = modelFolder(folder, id);
  if (!existsSync(model)) throw refuse(`its model (${model}) is gone`, 'Choose a run that has its files.');
  const split = getRunSplit(db, id);
  for (const part of ['calibration', 'test'] as const) {
    if (!split || split[part].length === 0) {
      throw refuse(
        `it has no ${part} part`,
        `Train with a split that has one ("${part}Fraction" above 0, by lesion): what a release answers rests on it.`,
      );
    }
  }
  const dataset = getDataset(db, run.datasetId);
  if (isAbsentDataset(db, dataset.id) || !existsSync(dataset.root)) {
    throw refuse(
      `the images of its dataset "${dataset.name}" are not on this machine`,
      'Add the same dataset first, or connect the disk that it lies on.',
    );
  }
  return { run, manifest: getManifest(db, dataset.id), split: split!, model };
}

async function requireNewVersion(context: AppContext, { name, version }: ReleaseText): Promise<void> {
  const releases = await listReleases(context);
  const twin = releases.find((release) => release.name === name && release.version === version);
  if (!twin) return;
  throw new AppError(
    'conflict',
    `There is a release "${name}" ${version} already (${twin.hash.slice(0, 12)}…). Give this one another version, so that an answer tells which one gave it.`,
  );
}

function fitModel(
  context: AppContext,
  job: Releasable & { runId: number; targets: ReleaseTargets; content: string; fitted: string },
  signal?: AbortSignal,
): Promise<{ network: ReleasedNetwork; fit: ReleaseFit }> {
  const { runId, model, manifest, split, targets, content, fitted } = job;
  return runJob(
    context,
    async (worker) => {
      worker.on('items', (progress) => context.emit('release.progress', { ...progress, runId }));
      const copy = { from: model, to: join(content, 'model') };
      const network = await worker.call('release.copy-model', copy, { signal });
      const fit = await worker.call(
        'release.fit',
        { modelFolder: copy.to, manifest, split, targets, folder: fitted, cacheFolder: context.folder.cache },
        { signal },
      );
      if (signal?.aborted) throw new AppError('cancelled', 'Releasing was cancelled; nothing was kept.');
      return { network, fit };
    },
    signal,
  );
}

function describe(
  context: AppContext,
  given: {
    request: ReleaseRequest;
    releasable: Releasable;
    network: ReleasedNetwork;
    fit: ReleaseFit;
    appVersion: string;
  },
): Release {
  const { request, releasable, network, fit, appVersion } = given;
  const { run } = releasable;
  const dataset = getDataset(context.db, run.datasetId);
  const report = runReport(context, run.id);
  return Release.parse({
    ...request.text,
    formatVersion: RELEASE_VERSION,
    releasedAt: now(),
    appVersion,
    classes: network.classes,
    input: network.input,
    parameters: network.parameters,
    fit,
    evidence: releaseEvidence({ run, dataset, report, splitHash: network.splitHash }),
  });
}
