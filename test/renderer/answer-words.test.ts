import { describe, expect, test } from 'vitest';
import {
  agreementWords,
  coverageWords,
  headlineOf,
  kindWords,
  modelWords,
  omissionWords,
  operatingWords,
  setAtLevel,
  similarWords,
  withheldReasons,
} from '../../src-main/contract/answer-words.ts';
import type { OperatingAnswer, PredictionSet } from '../../src-main/contract/schema/clinical-answer.ts';
import { sampleAnswer } from '../store/cases/samples.ts';

const [MEL, NV] = [
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
];
const OWN = { code: 'sp', name: 'Spitz nevus', malignant: false };

const setOf = (level: number, included: readonly boolean[]): PredictionSet => ({
  level,
  members: included.map((isIncluded) => ({
    isIncluded,
    kind: 'class-conditional',
    onTest: { covered: 60, lesions: 66 },
  })),
});

describe('the headline of an answer', () => {
  test('names what is not ruled out, the most probable first, and rules nothing out', () => {
    const headline = headlineOf(sampleAnswer(0.2, { classes: [MEL, OWN] }), setOf(0.9, [true, true]));
    expect(headline.title).toBe('Not ruled out at the 90 % level: any of the 2 classes');
    const three = sampleAnswer(0.2, {
      classes: [MEL, NV, OWN],
      probabilities: [0.2, 0.5, 0.3],
      predictionSet: setOf(0.9, [true, true, true]),
      agreement: null,
      similarByClass: null,
    });
    expect(headlineOf(three, setOf(0.95, [true, true, false]))).toEqual({
      title: 'Not ruled out at the 95 % level: melanocytic nevi, melanoma',
      note: 'A class outside the set is not ruled out.',
    });
    expect(headlineOf(three, setOf(0.8, [false, false, true])).title).toContain('Spitz nevus');
  });

  test('of an empty set rules nothing out either', () => {
    const { title, note } = headlineOf(sampleAnswer(), setOf(0.8, [false, false]));
    expect(title).toBe('No class fits well at the 80 % level');
    expect(note).toContain('rules nothing out');
  });

  test('of a withheld answer names no class', () => {
    const outside = { method: 'feature-distance', value: 12.43, limit: 3.2, isOutside: true } as const;
    const answer = sampleAnswer(0.9, { isWithheld: true, operating: [], outOfDistribution: outside });
    const { title, note } = headlineOf(answer, answer.predictionSet);
    expect(title).toBe('No answer: the picture is not like those that the model knows');
    expect(note).toContain('do not use it for this lesion');
    expect(`${title} ${note}`).not.toMatch(/melan|nev/i);
    const quality = [{ kind: 'not-a-close-up' as const, value: 0.8, limit: 0.7, message: 'Grey.' }];
    expect(headlineOf({ ...answer, quality }, answer.predictionSet).title).toBe(
      'No answer: this does not look like a close-up of skin',
    );
    expect(withheldReasons({ ...answer, warnings: ['Grey.'] })).toEqual([
      'Grey.',
      'Distance of its features: 12.4; the model answers up to 3.2.',
    ]);
  });
});

describe('a class of the set', () => {
  const member = { isIncluded: true, kind: 'marginal', onTest: { covered: 60, lesions: 66 } } as const;

  test('says what the level promises for it and how it went on test', () => {
    expect(kindWords(member, 0.9)).toBe('marginal: too few lesions of this class for a promise of its own');
    expect(kindWords({ ...member, kind: 'class-conditional' }, 0.95)).toContain('the 95 % level');
    expect(coverageWords(member, MEL!)).toBe('on test, melanoma was in its set in 60 of 66 lesions');
    expect(coverageWords(member, NV!)).toContain('melanocytic nevi were in their set');
    expect(coverageWords({ ...member, onTest: null }, MEL!)).toBe('test had no lesion of the class melanoma');
  });

  test('that is malignant and left out says how often that was wrong', () => {
    const words = omissionWords({ ...member, isIncluded: false }, MEL!);
    expect(words).toContain('not ruled out: melanoma');
    expect(words).toContain('6 of 66 lesions');
    expect(omissionWords({ ...member, onTest: null }, MEL!)).toContain('not known');
  });

  test('is that of the level that is looked at', () => {
    const sets = [setOf(0.8, [false, true]), setOf(0.95, [true, true])];
    const answer = sampleAnswer();
    expect(setAtLevel({ answer, sets }, 0.95)).toBe(sets[1]);
    expect(setAtLevel({ answer, sets }, 0.7)).toBe(answer.predictionSet);
  });
});

describe('a share against its operating point', () => {
  const operating = (share: number, sensitivity: number | null): OperatingAnswer => ({
    question: 'malignant',
    share,
    threshold: 0.182,
    isPositive: share >= 0.182,
    targetSensitivity: 0.95,
    sensitivityOnTest: { value: sensitivity, low: sensitivity && 0.902, high: sensitivity && 0.957 },
    specificityOnTest: { value: 0.741, low: 0.711, high: 0.766 },
  });

  test('is relative to the case mix, and says what the point was worth on test', () => {
    const words = operatingWords(operating(0.517, 0.932), [MEL!, NV!]);
    expect(words.verdict).toBe('0.517 is at or above the operating point of 0.182');
    expect(words.meaning).toContain("not this patient's risk");
    expect(words.onTest).toContain('sensitivity 0.932 (0.902–0.957) and specificity 0.741 (0.711–0.766)');
    expect(words.caution).toBe('');
  });

  test('below it is no all-clear', () => {
    const { caution } = operatingWords(operating(0.1, 0.932), [MEL!, NV!]);
    expect(caution).toBe(
      'Below the point is no all-clear: of 1,000 malignant lesions like those of test, about 68 lie below it.',
    );
    expect(operatingWords(operating(0.1, 1), [MEL!]).caution).toContain('no all-clear');
    expect(operatingWords(operating(0.1, null), [MEL!]).caution).toContain('is not known');
  });
});

test('views and similar images are counted in words', () => {
  const answer = sampleAnswer(0.2);
  expect(agreementWords(answer)).toMatch(/^8 of 8 views .* have melanocytic nevi as the most probable class/);
  expect(agreementWords({ ...answer, agreement: null })).toBeNull();
  expect(similarWords(answer)).toBe('Of 10, one a lesion: 7 melanocytic nevi, 3 melanoma');
  expect(similarWords({ ...answer, similarByClass: null })).toBeNull();
});

test('a model says what it was trained on, where it is from and how it did on test', () => {
  const summary = {
    hash: 'ab'.repeat(32),
    name: 'Default',
    version: '1.0',
    releasedAt: '2026-01-02T00:00:00.000Z',
    modelId: 'mobile_net',
    classes: [MEL!, NV!],
    datasetName: 'HAM10000',
    isSynthetic: false,
    isNonCommercial: true,
    licence: 'CC BY-NC 4.0',
    testBalancedAccuracy: { value: 0.712, low: 0.68, high: 0.741 },
    origin: 'imported' as const,
    signature: null,
    hasReferences: false,
    bytes: 1,
  };
  expect(modelWords(summary, 944)).toBe(
    'trained on HAM10000 · brought as a file · balanced accuracy 0.712 (0.680–0.741) on test, n = 944 lesions',
  );
  expect(modelWords({ ...summary, testBalancedAccuracy: null }, null)).toContain('no figures on test');
});
