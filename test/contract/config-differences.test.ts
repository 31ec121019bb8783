import { describe, expect, test } from 'vitest';
import { compareWithPreset } from '../../src-main/contract/config-differences.ts';
import type { ModelInfo } from '../../src-main/contract/schema/catalogue.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';

const model: ModelInfo = {
  id: 'cnn1',
  title: 'Small convolutional network',
  summary: '',
  paper: null,
  backbone: null,
  minimumSizePx: 8,
  headDropout: 0.5,
  presets: {
    default: { epochs: 40, flipVertical: false },
    published: { epochs: 50, batchSize: 10, splitMethod: 'image' },
  },
  results: null,
  weights: null,
};

const difference = (config: TrainingConfig, of: ModelInfo | undefined) => {
  const { preset, differences } = compareWithPreset(config, of);
  return [preset, differences.map(({ field, value, presetValue }) => [field.key, value, presetValue])];
};

describe('a configuration beside its preset', () => {
  const parse = (settings: object) => TrainingConfig.parse({ model: 'cnn1', ...settings });

  test('differs in nothing where the preset was left as it is', () => {
    expect(difference(parse(model.presets.default), model)).toEqual(['default', []]);
    expect(difference(parse(model.presets.published), model)).toEqual(['published', []]);
  });

  test('differs in what a person set, against the preset that it is nearest to', () => {
    const published = parse({ ...model.presets.published, epochs: 3, seed: 7 });
    expect(difference(published, model)).toEqual([
      'published',
      [
        ['epochs', 3, 50],
        ['seed', 7, 123],
      ],
    ]);
    expect(difference(parse({ epochs: 40 }), model)).toEqual(['default', [['flipVertical', true, false]]]);
  });

  test("differs from the product's defaults where its model has no preset", () => {
    expect(difference(parse({ learningRate: 0.01 }), undefined)).toEqual([
      null,
      [['learningRate', 0.01, 0.0001]],
    ]);
  });
});
