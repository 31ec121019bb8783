/** Settings from a file and from options, one over the other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { readSettings, requireEffect } from '../../src-main/hosts/cli/config-options.ts';
import { temporaryFolder } from '../store/temporary.ts';

function fileWith(settings: object): string {
  const file = join(temporaryFolder(), 'config.json');
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

describe('a setting that would be left unread', () => {
  test.each([
    [{ fold: 3 }, { fold: 3, splitMethod: 'k-fold' }],
    [
      { folds: 4, splitMethod: 'lesion' },
      { folds: 4, splitMethod: 'lesion' },
    ],
    [{ splitFile: '/a.csv' }, { splitFile: '/a.csv', splitMethod: 'file' }],
    [{ modelFile: '/a.json' }, { modelFile: '/a.json', model: 'file' }],
    [
      { splitFile: null, modelFile: null },
      { splitFile: null, modelFile: null },
    ],
  ])('tells the one that it belongs to: %o', (options, settings) => {
    expect(readSettings(options).settings).toEqual(settings);
    expect(readSettings({ config: fileWith(options) }).settings).toEqual(settings);
  });

  test('tells it also over a file that says otherwise, and an option goes before both', () => {
    const config = fileWith({ model: 'nn1', modelFile: null, splitMethod: 'lesion', fold: 0 });
    const own = readSettings({ config, modelFile: '/a.json', fold: 2 }).settings;
    expect(own).toMatchObject({ model: 'file', splitMethod: 'k-fold', fold: 2 });
    const folds = fileWith({ folds: 3 });
    expect(readSettings({ config: folds, splitMethod: 'lesion' }).settings).toMatchObject({
      splitMethod: 'lesion',
    });
  });
});

describe('an option that has no part in the run', () => {
  const config = TrainingConfig.parse({ model: 'nn1' });

  test.each([
    [
      { modelFile: '/a.json' },
      '--model-file counts only where "model" is file, and it is nn1; give both or neither.',
    ],
    [{ focalGamma: 3 }, '--focal-gamma counts only where "loss" is focal, and it is cross-entropy;'],
    [{ warmupEpochs: 0 }, '--warmup-epochs counts only where "schedule" is cosine, and it is plateau;'],
  ])('is refused: %o', (options, message) => {
    expect(() => requireEffect(options, [config])).toThrow(message);
  });

  test('is taken where it has one in any of the runs, and where it asks for nothing', () => {
    const constant = TrainingConfig.parse({ model: 'nn1', schedule: 'constant' });
    expect(() => requireEffect({ plateauPatience: 3 }, [constant])).toThrow('--plateau-patience');
    expect(() => requireEffect({ plateauPatience: 3, splitFile: null }, [constant, config])).not.toThrow();
  });
});
