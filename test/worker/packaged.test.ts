/** What the doctor and a refused run say where TensorFlow's library is missing: to a developer, and in the packaged product. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { PACKAGED } from '../../src-main/contract/remedies.ts';
import { sampleConfig, sampleManifest } from '../store/samples.ts';
import { temporaryFolder } from '../store/temporary.ts';
import { openWorker } from './open-worker.ts';

/** A worker that finds no native TensorFlow, and no backbone's weights. */
function openWorkerWithoutLibrary(isPackaged: boolean) {
  const hook = join(temporaryFolder(), 'without-tensorflow.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({
       resolve(name, context, next) {
         if (name.startsWith('@tensorflow/')) throw new Error('The addon is not there.');
         return next(name, context);
       },
     });`,
  );
  const worker = openWorker({
    NODE_OPTIONS: `--import=${pathToFileURL(hook)}`,
    [PACKAGED]: isPackaged ? 'yes' : 'no',
  });
  return {
    examine: () => worker.call('doctor.run', { weights: [] }),
    check: () =>
      worker.call('run.check', {
        manifest: sampleManifest(),
        config: sampleConfig(),
        folders: { weights: [] },
      }),
  };
}

test('a developer is sent to set-up', async () => {
  const { findings } = await openWorkerWithoutLibrary(false).examine();
  expect(findings.find(({ title }) => title === 'TensorFlow')).toMatchObject({
    severity: 'problem',
    detail: expect.stringContaining('The addon is not there.'),
    remedy: expect.stringContaining('npm run setup'),
  });
  await expect(openWorkerWithoutLibrary(false).check()).rejects.toThrow(/npm run setup/);
});

test('a person with the packaged product, which has no npm and no command line, is sent to what it offers', async () => {
  const { findings } = await openWorkerWithoutLibrary(true).examine();
  expect(findings.find(({ title }) => title === 'TensorFlow')).toMatchObject({
    severity: 'problem',
    remedy: expect.stringMatching(/start it again.*download the library or to take it from a file/),
  });
  expect(JSON.stringify(findings)).not.toMatch(/npm|lab weights/);
  const refused = openWorkerWithoutLibrary(true).check();
  await expect(refused).rejects.toMatchObject({ code: 'missing-component' });
  await expect(refused).rejects.toThrow(/not there.*start it again/);
});
