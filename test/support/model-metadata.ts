/** Metadata of a model that nobody trained, for tests of files. Test support. */
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import type { ModelMetadata } from '../../src-main/contract/schema/model.ts';

export function exampleMetadata(): ModelMetadata {
  const classes = ['akiec', 'mel', 'nv'].map((code) => ({ code, name: code, malignant: code !== 'nv' }));
  return {
    config: TrainingConfig.parse({ model: 'cnn1' }),
    recipe: {
      widthPx: 24,
      heightPx: 20,
      channels: 'rgb',
      kernel: 'cubic',
      fit: 'fill',
      orientation: 'exif',
      colourSpace: 'srgb',
      mean: [127.5, 127.5, 127.5],
      deviation: [127.5, 127.5, 127.5],
    },
    classes,
    datasetHash: 'd'.repeat(64),
    splitHash: 'e'.repeat(64),
    environment: {
      appVersion: '0.1.0',
      codeVersion: null,
      nodeVersion: '24.0.0',
      tensorflowVersion: '2.21.0',
      tfjsVersion: '4.22.0',
      platform: 'linux',
      processor: 'test',
      device: 'cpu',
      deviceName: 'test',
      intraOpThreads: 2,
      interOpThreads: 1,
    },
    report: null,
  };
}
