/** Released models that come with the product: taken in when the list is first asked for, and not to be deleted. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { AppContext } from '../../src-main/app/context.ts';
import { silentLog } from '../../src-main/app/log.ts';
import { prepareDataFolder } from '../../src-main/app/paths.ts';
import { releaseHandlers } from '../../src-main/app/releases/handlers.ts';
import { createRunTransfers } from '../../src-main/app/run-transfers.ts';
import { forkWorker } from '../../src-main/hosts/fork-worker.ts';
import { temporaryDatabase, temporaryFolder } from '../store/temporary.ts';
import { openApp } from './open-app.ts';
import { releaseFile } from './releasable-run.ts';

const STAND_IN = fileURLToPath(new URL('fixtures/stand-in-worker.ts', import.meta.url));

/** The handlers of a product whose resources hold `bundled`. */
function productWith(bundled: string, dataFolder: string) {
  const context: AppContext = {
    db: temporaryDatabase(),
    folder: prepareDataFolder(dataFolder),
    log: silentLog(),
    spawnWorker: (environment) => forkWorker(environment, STAND_IN),
    emit: () => undefined,
  };
  const transfers = createRunTransfers(dataFolder);
  const handlers = releaseHandlers(context, { transfers, version: '0.1.0', bundled });
  const call = { signal: new AbortController().signal };
  return {
    list: async () => handlers['release.list']({}, call),
    delete: async (hash: string) => handlers['release.delete']({ hash }, call),
  };
}

test('is in the list at once, whole or not at all, and stays; an update that has it no longer lets it go', async () => {
  const [elsewhere, resources, dataFolder] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const { path, hash } = await releaseFile(openApp(elsewhere), elsewhere);
  const bundled = join(resources, 'models');
  mkdirSync(bundled);
  copyFileSync(path, join(bundled, 'default.lesion-model'));
  const cut = readFileSync(path);
  writeFileSync(join(bundled, 'damaged.lesion-model'), cut.subarray(0, cut.length - 40));
  writeFileSync(join(bundled, 'LICENCE.txt'), 'CC BY-NC 4.0');

  const product = productWith(bundled, dataFolder);
  const [first, again] = await Promise.all([product.list(), product.list()]);
  expect(first).toMatchObject([{ hash, origin: 'bundled', name: 'Two kinds' }]);
  expect(again).toEqual(first);
  await expect(product.delete(hash)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('came with the product'),
  });

  const updated = productWith(join(resources, 'no-models'), dataFolder);
  expect(await updated.list()).toEqual(first);
  await updated.delete(hash);
  expect(await updated.list()).toEqual([]);
});
