/** Small pictures of three classes that a network can tell apart, drawn by arithmetic. Test support. */
import { TrainingConfig, type TrainingConfigInput } from '../../src-main/contract/index.ts';
import { initialWeights } from '../../src-main/models/initialise.ts';
import { findModel } from '../../src-main/models/registry.ts';
import { createRandom } from '../../src-main/numerics/random.ts';
import type { PreparedImages } from '../../src-main/preprocess/cache.ts';
import type { TrainingSetup } from '../../src-main/training/train.ts';

export const CLASS_COUNT = 3;

/** `count` noisy pictures; picture i is of class i % 3, whose channel is the brightest. */
export function drawnImages(count: number, widthPx: number, heightPx: number): PreparedImages {
  const random = createRandom(7);
  const pixels = new Uint8Array(count * widthPx * heightPx * 3);
  for (let i = 0; i < pixels.length; i++) {
    const picture = Math.floor(i / (widthPx * heightPx * 3));
    pixels[i] = (i % 3 === picture % CLASS_COUNT ? 120 : 60) + random.integer(80);
  }
  return { widthPx, heightPx, count, pixels, indexOf: (id) => Number(id), skipped: [] };
}

export interface SetupOptions {
  readonly config: Partial<TrainingConfigInput> & { model: string };
  readonly checkpointFolder: string;
  readonly resume?: boolean;
  readonly images?: number;
}

/** A training set-up on drawn images: three quarters train, one validates; weights start at random. */
export function drawnSetup({
  config: given,
  checkpointFolder,
  resume = false,
  images: count = 24,
}: SetupOptions): TrainingSetup {
  const config = TrainingConfig.parse({
    imageWidthPx: 40,
    imageHeightPx: 32,
    batchSize: 5,
    epochs: 3,
    ...given,
  });
  const { imageWidthPx: widthPx, imageHeightPx: heightPx } = config;
  const { headDropout, headBatchNorm, headL2 } = config;
  const network = findModel(config.model).build({
    widthPx,
    heightPx,
    classCount: CLASS_COUNT,
    headDropout,
    headBatchNorm,
    headL2,
  });
  const part = (rows: number[]) => ({ rows, labels: rows.map((row) => row % CLASS_COUNT) });
  const all = Array.from({ length: count }, (_, row) => row);
  const cut = Math.round(count * 0.75);
  return {
    config,
    network,
    initialWeights: initialWeights(network, config.seed),
    recipe: {
      widthPx,
      heightPx,
      channels: 'rgb',
      kernel: 'cubic',
      fit: 'fill',
      orientation: 'exif',
      colourSpace: 'srgb',
      mean: [127.5, 127.5, 127.5],
      deviation: [127.5, 127.5, 127.5],
    },
    images: drawnImages(count, widthPx, heightPx),
    classCount: CLASS_COUNT,
    train: part(all.slice(0, cut)),
    validation: part(all.slice(cut)),
    checkpointFolder,
    resume,
  };
}
