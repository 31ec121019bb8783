/** A training process whose batch needs gigabytes; prints the failure as JSON. The caller limits its memory. Test support. */
import { toFailure } from '../../src-main/contract/index.ts';
import { train } from '../../src-main/training/train.ts';
import { drawnSetup } from './drawn-images.ts';

const config = { model: 'cnn1', imageWidthPx: 400, imageHeightPx: 400, batchSize: 80, epochs: 1 };
const silent = { progress: () => undefined, epoch: () => undefined, warning: () => undefined };
try {
  await train(
    drawnSetup({ config, checkpointFolder: process.argv[2]!, images: 108 }),
    silent,
    new AbortController().signal,
  );
} catch (thrown) {
  process.stdout.write(JSON.stringify(toFailure(thrown)));
}
