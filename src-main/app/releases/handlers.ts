/** Released models for windows and the command line: one handler for each `release.*` procedure. Runs in the host. */
import { constants } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ApiContract } from '../../contract/api.ts';
import { AppError } from '../../contract/errors.ts';
import { releaseFileName } from '../../contract/release-name.ts';
import type { Handlers } from '../../rpc/server.ts';
import type { AppContext } from '../context.ts';
import { BUNDLED_MODELS } from '../paths.ts';
import type { RunTransfers } from '../run-transfers.ts';
import { writeWholeFile } from '../whole-file.ts';
import { bundledReleases } from './bundled.ts';
import { cardHtml } from './card/html.ts';
import { cardMarkdown } from './card/markdown.ts';
import { createRelease } from './create.ts';
import {
  findIntact,
  install,
  listReleases,
  releaseFileOf,
  removeRelease,
  requireRelease,
  type StagedRelease,
  summaryOf,
  withStaged,
} from './installed.ts';
import { findSigner } from './signing.ts';

type ReleaseHandlers = Pick<
  Handlers<ApiContract>,
  Extract<keyof ApiContract['procedures'], `release.${string}`>
>;

export interface ReleaseServices {
  readonly transfers: RunTransfers;
  readonly version: string;
  /** Where models that come with the product lie; left out: in its resources. */
  readonly bundled?: string | undefined;
}

export function releaseHandlers(
  context: AppContext,
  { transfers, version, bundled = BUNDLED_MODELS }: ReleaseServices,
): ReleaseHandlers {
  const ofProduct = bundledReleases(context, bundled);
  const fileOf = (path: string) =>
    transfers.isAsset(path)
      ? { path: transfers.fileOf(path).path, name: 'that was sent' }
      : { path, name: basename(path) };
  return {
    async 'release.list'() {
      await ofProduct.ready();
      return listReleases(context);
    },
    async 'release.get'({ hash }) {
      const { summary, release } = await requireRelease(context, hash);
      return { summary, release };
    },
    'release.create': (request, { signal }) => createRelease(context, request, version, signal),
    async 'release.inspect'({ path }, { signal }) {
      const look = async (staged: StagedRelease) => {
        const known = await findIntact(context, staged.hash);
        const summary = known ?? summaryOf(staged, 'imported', false);
        return { summary, release: staged.release, isKnown: known !== null };
      };
      try {
        return await withStaged(context, fileOf(path), look, signal);
      } catch (thrown) {
        if (transfers.isAsset(path)) transfers.forget(path);
        throw thrown;
      }
    },
    async 'release.import'({ path }, { signal }) {
      const take = (staged: StagedRelease) => install(context, staged, { origin: 'imported', runId: null });
      const summary = await withStaged(context, fileOf(path), take, signal);
      if (transfers.isAsset(path)) transfers.forget(path);
      return summary;
    },
    async 'release.export'({ hash, path }) {
      const { summary, file } = await releaseFileOf(context, hash);
      const name = releaseFileName(summary);
      if (path !== null) {
        await copyWhole(file, path);
        return { path, asset: null, name, bytes: summary.bytes };
      }
      const reserved = transfers.reserve(name);
      await copyWhole(file, reserved.path);
      return { path: null, asset: reserved.asset, name, bytes: summary.bytes };
    },
    async 'release.delete'({ hash }) {
      if ((await ofProduct.ready()).has(hash)) {
        throw new AppError(
          'conflict',
          'This model came with the product and cannot be deleted: it would be back at the next start.',
        );
      }
      await removeRelease(context, hash);
      return null;
    },
    async 'release.card'({ hash, format }) {
      const { release, summary } = await requireRelease(context, hash);
      return format === 'html' ? cardHtml(release, summary) : cardMarkdown(release, summary);
    },
    'release.signer': () => findSigner(context.folder.signingKey),
  };
}

/** Whole or not at all, and never over another file. @throws AppError `conflict`, `disk-full`, `read-only`, `not-found` */
async function copyWhole(file: string, path: string): Promise<void> {
  if (await stat(path).catch(() => null)) {
    throw new AppError('conflict', `${path} is there already. Choose another name, or delete it first.`);
  }
  await writeWholeFile(path, (beside) => copyFile(file, beside, constants.COPYFILE_EXCL));
}
