import { expect, test } from 'vitest';
import { parseOrExplain } from '../../src-main/contract/describe-issues.ts';
import { TrainingConfig } from '../../src-main/contract/schema/config.ts';

const explain = (settings: Record<string, unknown>) => () =>
  parseOrExplain(TrainingConfig, { model: 'nn1', ...settings }, 'It', Object.keys(TrainingConfig.shape));

test.each([
  [{ epochs: 0 }, '"epochs" must be above 0; received 0.'],
  [{ epochs: 2.5 }, '"epochs" must be a whole number; received 2.5.'],
  [{ folds: 1 }, '"folds" must be at least 2; received 1.'],
  [{ imageWidthPx: 4000 }, '"imageWidthPx" must be at most 2048; received 4000.'],
  [{ beta1: 1 }, '"beta1" must be below 1; received 1.'],
  [{ loss: 'focl' }, '"loss" must be one of cross-entropy, focal; received "focl"; did you mean "focal"?'],
  [{ epochs: 'many' }, '"epochs" must be a number; received "many".'],
  [{ restoreBest: 1 }, '"restoreBest" must be true or false; received 1.'],
  [{ splitFile: 3 }, '"splitFile" must be text; received 3.'],
  [{ model: '' }, '"model" must be a text that is not empty; received "".'],
  [{ trainableLayers: 'some' }, '"trainableLayers" must be a number or "all"; received "some".'],
  [{ learningrate: 1 }, 'There is no key "learningrate"; did you mean "learningRate"?'],
])('says what was received and what is expected: %j', (settings, words) => {
  expect(explain(settings)).toThrow(`It does not fit. ${words}`);
});

test('says all that is wrong at once', () => {
  expect(explain({ epochs: 0, batchSize: -3 })).toThrow(
    /"epochs" .*"batchSize" must be above 0; received -3\./,
  );
});
