/** A released model as it is installed, with a network of every layer whose weights are a formula's: no training is needed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../../src-main/contract/schema/release.ts';
import { saveModelFolder } from '../../src-main/models/model-folder.ts';
import { fitFeatureDistribution } from '../../src-main/numerics/out-of-distribution.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import { writeDistribution } from '../../src-main/worker/release-files.ts';
import { hashWeights } from './hash-weights.ts';
import { exampleMetadata } from './model-metadata.ts';
import { everyLayerNetwork } from './small-network.ts';
import { threeClassRelease } from './three-class-release.ts';

/** Penultimate features of the network. */
export const RELEASED_DIMS = 8;

/** Features of its out-of-distribution measure. */
export const RELEASED_KIND_DIMS = 10;

/** `model/` and `distribution.bin`, its Gaussian fitted on noise. */
export async function writeReleasedModel(folder: string): Promise<void> {
  const network = everyLayerNetwork();
  await saveModelFolder(join(folder, 'model'), {
    network,
    weights: hashWeights(network, 'lively'),
    metadata: exampleMetadata(),
  });
  const random = createRandom(3);
  const features = Float32Array.from({ length: 60 * RELEASED_KIND_DIMS }, () => random.normal());
  const trueClasses = Array.from({ length: 60 }, (_, row) => row % 3);
  const data = { features, featureCount: RELEASED_KIND_DIMS, trueClasses, classCount: 3 };
  await writeDistribution(folder, fitFeatureDistribution(data));
}

/** Of that network; nothing is far enough from the noise to be outside. */
export function releaseOfNetwork(overrides: Record<string, unknown> = {}): Release {
  const { fit } = threeClassRelease();
  const operating = fit.operating.map((point) => ({
    ...point,
    codes: point.question === 'malignant' ? ['akiec', 'mel'] : ['mel'],
  }));
  return threeClassRelease({
    classes: exampleMetadata().classes,
    fit: {
      ...fit,
      operating,
      temperature: 1,
      distance: { ...fit.distance, featureCount: RELEASED_KIND_DIMS, limit: 1e6 },
    },
    ...overrides,
  });
}

/** Puts it into a data folder. @returns its hash */
export async function installReleasedModel(
  dataFolder: string,
  overrides: Record<string, unknown> = {},
  hash = 'ab'.repeat(32),
): Promise<string> {
  const folder = join(dataFolder, 'models', hash);
  mkdirSync(folder, { recursive: true });
  await writeReleasedModel(folder);
  writeFileSync(join(folder, 'release.json'), JSON.stringify(releaseOfNetwork(overrides)));
  writeFileSync(join(folder, 'origin.json'), JSON.stringify({ origin: 'imported', runId: null }));
  writeFileSync(join(folder, 'file.lesion-model'), 'stands in for the file');
  return hash;
}
