/** Weights that come through a browser: imported under their own name, and gone from the data folder afterwards. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunTransfers } from '../../src-main/app/run-transfers.ts';
import { importWeights } from '../../src-main/app/sent-weights.ts';
import { temporaryFolder } from '../store/temporary.ts';

const never = new AbortController().signal;

/** A catalogue that only notes what it is given. */
function noteImports() {
  const seen: { path: string; files: string[] }[] = [];
  const catalogue = {
    models: async () => [],
    weights: async () => [],
    importWeights: async ({ path }: { path: string }) => {
      seen.push({ path, files: readdirSync(join(path, '..')) });
      return { backbone: 'resnet50', title: 'ResNet50', folder: '', sha256: '', arrays: 1 };
    },
  };
  return { seen, catalogue };
}

test('are imported under the name that they had, without a trace left', async () => {
  const dataFolder = temporaryFolder();
  const transfers = createRunTransfers(dataFolder);
  const { seen, catalogue } = noteImports();
  for (const [fileName, stored] of [
    ['resnet50_notop.h5', 'resnet50_notop.h5'],
    ['../../elsewhere.h5', '_.._elsewhere.h5'],
    ['..', 'weights'],
  ] as const) {
    const path = await transfers.receive(sent('weights'));
    await importWeights({ catalogue, transfers }, { path, fileName }, never);
    expect(seen.at(-1)?.files).toEqual([stored]);
    expect(seen.at(-1)?.path.startsWith(join(dataFolder, 'transfers'))).toBe(true);
    expect(readdirSync(join(dataFolder, 'transfers'))).toEqual([]);
    await expect(importWeights({ catalogue, transfers }, { path }, never)).rejects.toMatchObject({
      code: 'not-found',
    });
  }
});

test('of this machine are read where they lie, and stay there', async () => {
  const dataFolder = temporaryFolder();
  const { seen, catalogue } = noteImports();
  const path = join(dataFolder, 'mine', 'model.json');
  mkdirSync(join(dataFolder, 'mine'));
  await importWeights({ catalogue, transfers: createRunTransfers(dataFolder) }, { path }, never);
  expect(seen).toEqual([{ path, files: [] }]);
});

async function* sent(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
