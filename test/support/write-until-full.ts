/**
 * Trains, keeps features, exports a model, fills or opens a history, in a folder that the caller has made too small; prints as JSON what failed and what is still there.
 * Test support.
 */
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { toFailure } from '../../src-main/contract/index.ts';
import { firstTrainableLayer } from '../../src-main/models/first-trainable.ts';
import { exportKeras } from '../../src-main/models/keras-export.ts';
import { createTrainable } from '../../src-main/models/trainable.ts';
import { insertDataset, listDatasets } from '../../src-main/store/datasets.ts';
import { openDatabase } from '../../src-main/store/open.ts';
import { explainSqliteError } from '../../src-main/store/sqlite-error.ts';
import { loadCheckpoint } from '../../src-main/training/checkpoint.ts';
import { keepFrozenFeatures } from '../../src-main/training/frozen-features.ts';
import { createLoss } from '../../src-main/training/losses.ts';
import { train } from '../../src-main/training/train.ts';
import { sampleManifest } from '../store/samples.ts';
import { drawnSetup } from './drawn-images.ts';

const [what, folder] = process.argv.slice(2) as [string, string];

async function trainUntilFull(): Promise<object> {
  const checkpointFolder = join(folder, 'checkpoint');
  const config = { model: 'cnn1', epochs: 6 };
  const silent = { progress: () => undefined, epoch: () => undefined, warning: () => undefined };
  const trained = train(drawnSetup({ config, checkpointFolder }), silent, new AbortController().signal);
  const failure = await trained.then(() => null, toFailure);
  const unfinished = readdirSync(checkpointFolder).filter((name) => name.endsWith('.tmp'));
  return { failure, unfinished, epoch: (await loadCheckpoint(checkpointFolder))?.epoch ?? null };
}

/** A hundred versions of each image, whose features take 15 MB. */
async function keepFeaturesUntilFull(): Promise<object> {
  const setup = drawnSetup({
    config: { model: 'mobile_net', trainableLayers: 30, augmentationBank: 100 },
    checkpointFolder: folder,
  });
  const { network, initialWeights, config } = setup;
  const model = createTrainable(
    network,
    initialWeights,
    firstTrainableLayer(network, 30),
    createLoss(config),
  );
  const never = new AbortController().signal;
  const kept = keepFrozenFeatures(setup, model, () => undefined, never);
  return { failure: await kept.then(() => null, toFailure), left: readdirSync(folder) };
}

async function exportUntilFull(ending: string): Promise<object> {
  const { network, initialWeights: weights } = drawnSetup({
    config: { model: 'cnn1' },
    checkpointFolder: '',
  });
  const exported = exportKeras({ network, weights }, join(folder, `model.${ending}`));
  return { failure: await exported.then(() => null, toFailure), left: readdirSync(folder) };
}

function storeUntilFull(): object {
  const file = join(folder, 'history.sqlite');
  const db = openDatabase(file);
  const images = Array.from({ length: 500 }, (_, index) => ({
    ...sampleManifest().images[0]!,
    imageId: `image-${index}`,
  }));
  let stored = 0;
  try {
    for (; stored < 1000; stored++) {
      const manifest = sampleManifest({ name: `set ${stored}`, images });
      insertDataset(db, { manifest, importedAt: '2026-01-01T00:00:00Z' });
    }
    return { failure: null };
  } catch (thrown) {
    const failure = toFailure(explainSqliteError(thrown, file));
    return { failure, stored, listed: listDatasets(db).length };
  }
}

/** Opens a history on a disk that something else has filled to its last block. */
function openWhenFull(): object {
  const file = join(folder, 'history.sqlite');
  openDatabase(file).close();
  fillDisk();
  try {
    return { failure: null, listed: listDatasets(openDatabase(file)).length };
  } catch (thrown) {
    return { failure: toFailure(thrown) };
  }
}

function fillDisk(): void {
  const filling = openSync(join(folder, 'filling'), 'w');
  try {
    for (;;) writeSync(filling, Buffer.alloc(4096));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown;
  } finally {
    closeSync(filling);
  }
}

const tasks: Readonly<Record<string, () => object | Promise<object>>> = {
  train: trainUntilFull,
  features: keepFeaturesUntilFull,
  'export-h5': () => exportUntilFull('h5'),
  'export-keras': () => exportUntilFull('keras'),
  store: storeUntilFull,
  open: openWhenFull,
};
process.stdout.write(JSON.stringify(await tasks[what]!()));
