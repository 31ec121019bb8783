import { expect, test } from 'vitest';
import { binaryQuestions } from '../../src-main/contract/binary-questions.ts';

const kind = (code: string, malignant: boolean | null) => ({ code, name: code, malignant });

test('each class is asked about, and malignancy where every class is marked', () => {
  const questions = binaryQuestions([kind('mel', true), kind('nv', false), kind('bcc', true)]);
  expect(questions.map(({ id, isPositive }) => [id, isPositive])).toEqual([
    ['class:mel', [true, false, false]],
    ['class:nv', [false, true, false]],
    ['class:bcc', [false, false, true]],
    ['malignant', [true, false, true]],
  ]);
});

test('malignancy is not asked about where a mark is missing or all are alike', () => {
  for (const marks of [
    [true, null],
    [false, false],
    [true, true],
  ]) {
    const ids = binaryQuestions(marks.map((mark, index) => kind(`c${index}`, mark))).map(({ id }) => id);
    expect(ids).toEqual(['class:c0', 'class:c1']);
  }
});
