/** Released models that come with the product, taken in like any other file when the list is first asked for. Runs in the host. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RELEASE_EXTENSION } from '../../contract/schema/release.ts';
import type { AppContext } from '../context.ts';
import { findIntact, hashOf, install, withStaged } from './installed.ts';

export interface BundledReleases {
  /** Hashes of those that came with the product and are here. */
  ready(): Promise<ReadonlySet<string>>;
}

/** One that cannot be taken in (a full disk, a damaged file) is logged, and the others are there all the same. */
export function bundledReleases(context: AppContext, folder: string): BundledReleases {
  let taken: Promise<ReadonlySet<string>> | null = null;
  const take = async (): Promise<ReadonlySet<string>> => {
    const names = existsSync(folder) ? await readdir(folder) : [];
    const hashes = new Set<string>();
    for (const name of names.filter((candidate) => candidate.endsWith(`.${RELEASE_EXTENSION}`))) {
      try {
        hashes.add(await takeOne(context, join(folder, name)));
      } catch (thrown) {
        context.log.warn({ err: thrown, file: name }, 'a model of the product could not be installed');
      }
    }
    return hashes;
  };
  return {
    ready() {
      taken ??= take();
      return taken;
    },
  };
}

async function takeOne(context: AppContext, path: string): Promise<string> {
  const hash = await hashOf(path);
  if (await findIntact(context, hash)) return hash;
  await withStaged(context, { path, name: basename(path) }, (staged) =>
    install(context, staged, { origin: 'bundled', runId: null }),
  );
  return hash;
}
