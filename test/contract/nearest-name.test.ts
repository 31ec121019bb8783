import { expect, test } from 'vitest';
import { nearestName } from '../../src-main/contract/errors.ts';

test.each([
  ['mobilenet', ['nn1', 'mobile_net', 'mobile_net2'], 'mobile_net'],
  ['nn2', ['nn1', 'cnn1'], 'nn1'],
  ['LearningRate', ['learningRate', 'loss'], 'learningRate'],
  ['efficientnet', ['res_net', 'dense_net'], null],
  ['nv', ['G', 'ham'], null],
  ['B', ['A'], null],
  ['x', [], null],
])('of what is near "%s": %j', (typed, known, nearest) => {
  expect(nearestName(typed, known)).toBe(nearest);
});
