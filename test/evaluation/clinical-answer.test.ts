/** What a clinician is told, from what a network says: numbers worked out by hand for three classes at temperature 2. */
import { describe, expect, it } from 'vitest';
import { ClinicalAnswer } from '../../src-main/contract/schema/clinical-answer.ts';
import { composeAnswer, type PictureMeasures } from '../../src-main/evaluation/clinical-answer.ts';
import { threeClassRelease } from '../support/three-class-release.ts';

const model = { name: 'Sample', version: '1.0.0', hash: 'ab'.repeat(32) };
const at = '2026-03-04T05:06:07.000Z';
/** exp(logit / 2) is 2, 6 and 2: probabilities 0.2, 0.6, 0.2. */
const LOGITS = [2 * Math.log(2), 2 * Math.log(6), 2 * Math.log(2)];

function answered(measures: Partial<PictureMeasures> = {}, level = 0.9, release = threeClassRelease()) {
  const usual: PictureMeasures = {
    logits: [LOGITS],
    distance: 4,
    quality: [],
    heatMaps: null,
    similarByClass: null,
    warnings: [],
  };
  const result = composeAnswer({ model, release }, level, { ...usual, ...measures }, at);
  return { ...result, answer: ClinicalAnswer.parse(result.answer) };
}

const members = ({ answer }: ReturnType<typeof answered>) =>
  answer.predictionSet.members.map(({ isIncluded }) => isIncluded);

describe('an answer', () => {
  it('has the probabilities of the calibrated network', () => {
    const { probabilities } = answered().answer;
    expect(probabilities.map((value) => Number(value.toFixed(6)))).toEqual([0.2, 0.6, 0.2]);
  });

  it('has the set of the level asked for, and says where it has no promise of a class by itself', () => {
    // 1 - p is 0.8, 0.4, 0.8; limits at 0.9 are 0.8, 0.5 and (marginal) 0.7, at 0.8: 0.6, 0.3, 0.7
    expect(members(answered())).toEqual([true, true, false]);
    // none of the limits at 0.8 lets a class in: the most probable is in all the same
    expect(members(answered({}, 0.8))).toEqual([false, true, false]);
    expect(answered().answer.predictionSet.members.map(({ kind }) => kind)).toEqual([
      'class-conditional',
      'class-conditional',
      'marginal',
    ]);
    expect(answered().sets.map(({ level }) => level)).toEqual([0.8, 0.9]);
  });

  it('tells how often a class was in its set on test, and nothing where test had no lesion of it', () => {
    const onTest = answered().answer.predictionSet.members.map((member) => member.onTest);
    expect(onTest).toEqual([{ covered: 60, lesions: 66 }, { covered: 455, lesions: 500 }, null]);
  });

  it('sums the malignant classes against the operating point, and melanoma against its own', () => {
    const [malignant, melanoma] = answered().answer.operating;
    expect(malignant).toMatchObject({ question: 'malignant', threshold: 0.3, isPositive: true });
    expect(malignant!.share).toBeCloseTo(0.4, 6);
    expect(melanoma).toMatchObject({ question: 'melanoma', isPositive: false });
    expect(melanoma!.share).toBeCloseTo(0.2, 6);
  });

  it('refuses a level that the release has no sets for', () => {
    expect(() => answered({}, 0.99)).toThrow('0.8, 0.9; received 0.99');
  });

  it('warns when turned views disagree, from a quarter of them on', () => {
    const turned = [2 * Math.log(6), 0, 0];
    const views = (others: number) => [
      ...Array.from({ length: 8 - others }, () => LOGITS),
      ...Array.from({ length: others }, () => turned),
    ];
    expect(answered({ logits: views(2) }).answer.warnings).toEqual([]);
    const { answer } = answered({ logits: views(3) });
    expect(answer.agreement).toMatchObject({ views: 8, agreeing: 5 });
    expect(answer.warnings.join()).toContain('only 5 of 8 views have');
    expect(answered({ logits: views(7) }).answer.warnings.join()).toContain('only 1 of 8 views has');
  });

  it('says that a model has seen drawn images alone', () => {
    const { evidence } = threeClassRelease();
    const release = threeClassRelease({
      evidence: { ...evidence, dataset: { ...evidence.dataset, synthetic: true } },
    });
    expect(answered({}, 0.9, release).answer.warnings.join()).toContain('drawn images alone');
  });
});

describe('no diagnosis is given', () => {
  it('for a picture that is farther than the limit, whatever the network is sure of', () => {
    const sure = answered({ logits: [[20, 0, 0]], distance: 10.01 });
    expect(sure.answer.isWithheld).toBe(true);
    expect(members(sure)).toEqual([true, true, true]);
    expect(sure.sets.every((set) => set.members.every(({ isIncluded }) => isIncluded))).toBe(true);
    expect(sure.answer.operating).toEqual([]);
    expect(sure.answer.warnings.join()).toContain('not like those that the model knows');
    expect(answered({ logits: [[20, 0, 0]], distance: 10 }).answer.isWithheld).toBe(false);
  });

  it('for what is no close-up of skin; other defects of a picture are warned of', () => {
    const finding = (kind: 'not-a-close-up' | 'blurred') => ({
      kind,
      value: 1,
      limit: 2,
      message: `It is ${kind}.`,
    });
    const withheld = answered({ quality: [finding('not-a-close-up')] });
    expect(withheld.answer.isWithheld).toBe(true);
    expect(withheld.answer.operating).toEqual([]);
    const blurred = answered({ quality: [finding('blurred')] });
    expect(blurred.answer.isWithheld).toBe(false);
    expect(blurred.answer.warnings).toEqual(['It is blurred.']);
  });

  it('is told by no distance where the calibration part had too few lesions for a limit', () => {
    const { fit } = threeClassRelease();
    const release = threeClassRelease({ fit: { ...fit, distance: { ...fit.distance, limit: null } } });
    expect(answered({ distance: 1e6 }, 0.9, release).answer).toMatchObject({
      isWithheld: false,
      outOfDistribution: { limit: null, isOutside: false },
    });
  });
});
