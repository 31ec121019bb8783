import { describe, expect, test } from 'vitest';
import { CONFIG_FIELDS, parseFieldText } from '../../src-main/contract/config-fields.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';

const field = (key: string) => CONFIG_FIELDS.find((candidate) => candidate.key === key)!;

describe('the fields of a configuration', () => {
  test('are the keys of the schema, each once', () => {
    expect(CONFIG_FIELDS.map(({ key }) => key).sort()).toEqual(Object.keys(TrainingConfig.shape).sort());
  });

  test('carry kind, choices, bounds and default of the schema', () => {
    expect(field('learningRate')).toMatchObject({
      flag: 'learning-rate',
      kind: 'number',
      minimum: 0,
      maximum: 10,
      defaultValue: 0.0001,
      nullable: false,
    });
    expect(field('trainableLayers')).toMatchObject({ kind: 'integer', choices: ['all'], minimum: 0 });
    expect(field('splitMethod')).toMatchObject({
      kind: 'choice',
      choices: ['lesion', 'image', 'k-fold', 'file'],
    });
    expect(field('splitFile')).toMatchObject({ kind: 'text', nullable: true, defaultValue: null });
    expect(field('epochs')).toMatchObject({ kind: 'integer', minimum: 1, maximum: 10_000 });
    expect(field('model').defaultValue).toBeUndefined();
  });

  test('give the schema defaults when every default is put together', () => {
    const defaults = Object.fromEntries(CONFIG_FIELDS.map(({ key, defaultValue }) => [key, defaultValue]));
    expect({ ...defaults, model: 'cnn1' }).toEqual(TrainingConfig.parse({ model: 'cnn1' }));
  });

  test.each([
    ['learningRate', '1e-3', 0.001],
    ['trainableLayers', 'all', 'all'],
    ['trainableLayers', '23', 23],
    ['headDropout', 'none', null],
    ['classWeights', 'none', 'none'],
    ['modelFile', 'net.json', 'net.json'],
  ])('read %s from "%s"', (key, text, value) => {
    expect(parseFieldText(field(key), text)).toBe(value);
  });

  test.each([
    ['learningRate', 'NaN', '--learning-rate needs a number'],
    ['epochs', 'many', '--epochs needs a number; received "many"'],
    ['trainableLayers', '', '--trainable-layers needs a number or "all"'],
    ['headDropout', 'off', '--head-dropout needs a number or "none"'],
  ])('refuse %s from "%s" by the flag', (key, text, message) => {
    expect(() => parseFieldText(field(key), text)).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message) }),
    );
  });
});
