/**
 * Each part of an answer in plain words, for the screen, the report and the command line. Pure; runs in every process.
 * No sentence names a diagnosis or rules one out: a set says what is not ruled out, a share stands beside what it is relative to.
 */

import { formatCount, formatCounted, formatFraction, formatInterval } from './figures.ts';
import type { QuestionedAnswer } from './release-api.ts';
import type {
  ClinicalAnswer,
  OperatingAnswer,
  OutOfDistribution,
  PredictionSet,
  SetMember,
} from './schema/clinical-answer.ts';
import type { ClassInfo } from './schema/dataset.ts';
import type { ReleaseSummary } from './schema/release.ts';

export const RESEARCH_USE = 'Research use only. Not a medical device. Never the sole basis of a decision.';
export const CASE_MIX = "Relative to the case mix of the training data; not this patient's risk.";
export const NO_RULE_OUT = 'A class outside the set is not ruled out.';

/** What a licence excludes; null: nothing that is known. */
export function licenceWords({
  isNonCommercial,
  licence,
}: Pick<ReleaseSummary, 'isNonCommercial' | 'licence'>): string | null {
  return isNonCommercial ? `Non-commercial use only (licence: ${licence}).` : null;
}

/** Names of these classes are common nouns; what a person calls a class of their own is left as it is. */
const COMMON_NOUNS: ReadonlySet<string> = new Set(['akiec', 'bcc', 'bkl', 'df', 'nv', 'mel', 'vasc']);

/** Of them, those whose names are plurals. */
const PLURALS: ReadonlySet<string> = new Set(['akiec', 'bkl', 'nv', 'vasc']);

/** As it stands within a sentence: "melanoma". */
export function nameInSentence({ code, name }: Pick<ClassInfo, 'code' | 'name'>): string {
  return COMMON_NOUNS.has(code) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** "90 %" */
export function levelWords(level: number): string {
  return `${Number((100 * level).toFixed(1))} %`;
}

/** "3f2a91bc": enough to tell two models apart by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

/** Indices of the classes, the most probable first. */
export function byProbability({ probabilities }: Pick<ClinicalAnswer, 'probabilities'>): number[] {
  return probabilities.map((_, index) => index).sort((a, b) => probabilities[b]! - probabilities[a]!);
}

/** Indices of the classes of a set, the most probable first. */
export function includedClasses(
  answer: Pick<ClinicalAnswer, 'probabilities'>,
  { members }: Pick<PredictionSet, 'members'>,
): number[] {
  return byProbability(answer).filter((index) => members[index]?.isIncluded);
}

export interface Headline {
  readonly title: string;
  /** What must be known with it. */
  readonly note: string;
}

/** What stands above an answer. @param set at the level that is looked at */
export function headlineOf(answer: ClinicalAnswer, set: PredictionSet): Headline {
  if (answer.isWithheld) return { title: `No answer: ${withheldBecause(answer)}`, note: WHAT_TO_DO };
  const included = includedClasses(answer, set);
  const level = levelWords(set.level);
  const { length } = answer.classes;
  if (included.length === 0) {
    return {
      title: `No class fits well at the ${level} level`,
      note: 'The picture is unusual for every class of this model. That rules nothing out.',
    };
  }
  if (included.length === length) {
    return {
      title: `Not ruled out at the ${level} level: any of the ${length} classes`,
      note: 'The model cannot tell the classes apart for this picture at this level.',
    };
  }
  const names = included.map((index) => nameInSentence(answer.classes[index]!));
  return { title: `Not ruled out at the ${level} level: ${names.join(', ')}`, note: NO_RULE_OUT };
}

const WHAT_TO_DO =
  'Take a sharp, evenly lit close-up of the lesion with a dermatoscope and ask again. If it already is one, this model does not know such pictures: do not use it for this lesion.';

function withheldBecause({ quality, outOfDistribution }: ClinicalAnswer): string {
  if (quality.some(({ kind }) => kind === 'not-a-close-up'))
    return 'this does not look like a close-up of skin';
  if (outOfDistribution.isOutside) return 'the picture is not like those that the model knows';
  return 'the picture is not fit for one';
}

/** Why no answer is given, each in a sentence, with what was measured. */
export function withheldReasons({ outOfDistribution, warnings }: ClinicalAnswer): string[] {
  return outOfDistribution.isOutside ? [...warnings, outsideWords(outOfDistribution)] : [...warnings];
}

/** "Distance of its features: 12.4; the model answers up to 3.2." A share of the calibration part's lesions is beyond it, too. */
export function outsideWords({ method, value, limit }: OutOfDistribution): string {
  const measure = method === 'energy' ? 'Energy' : 'Distance of its features';
  const most = limit === null ? 'no limit is known' : `the model answers up to ${threeDigits(limit)}`;
  return `${measure}: ${threeDigits(value)}; ${most}.`;
}

const threeDigits = (value: number) => String(Number(value.toPrecision(3)));

/** What the level promises for a class of the set. */
export function kindWords({ kind }: SetMember, level: number): string {
  return kind === 'class-conditional'
    ? `class-conditional: the ${levelWords(level)} level is meant for this class by itself`
    : 'marginal: too few lesions of this class for a promise of its own';
}

/** "on test, melanoma was in its set in 60 of 66 lesions" */
export function coverageWords({ onTest }: SetMember, info: ClassInfo): string {
  const name = nameInSentence(info);
  if (onTest === null || onTest.lesions === 0) return `test had no lesion of the class ${name}`;
  const was = PLURALS.has(info.code) ? 'were in their set' : 'was in its set';
  return `on test, ${name} ${was} in ${formatCount(onTest.covered)} of ${formatCounted(onTest.lesions, 'lesion')}`;
}

/** For a malignant class that the set leaves out: how often that was wrong on test. */
export function omissionWords({ onTest }: SetMember, info: ClassInfo): string {
  const name = nameInSentence(info);
  if (onTest === null || onTest.lesions === 0)
    return `Outside this set, not ruled out: ${name} (test had no lesion of it, so how often that is wrong is not known).`;
  const missed = formatCount(onTest.lesions - onTest.covered);
  return `Outside this set, not ruled out: ${name} (on test, ${missed} of ${formatCounted(onTest.lesions, 'lesion')} were outside of theirs).`;
}

const SHARES = { malignant: 'Malignant share', melanoma: 'Melanoma share' } as const;

export interface OperatingWords {
  readonly title: string;
  readonly verdict: string;
  /** Which probabilities are summed, and what they are relative to. */
  readonly meaning: string;
  readonly onTest: string;
  /** What a share below the threshold does not say; empty for one that is not below. */
  readonly caution: string;
}

export function operatingWords(operating: OperatingAnswer, classes: readonly ClassInfo[]): OperatingWords {
  const { question, share, threshold, isPositive, targetSensitivity, sensitivityOnTest, specificityOnTest } =
    operating;
  const summed = classes.filter(({ code, malignant }) =>
    question === 'melanoma' ? code === 'mel' : malignant === true,
  );
  const names = summed.map(nameInSentence).join(', ');
  const { value } = sensitivityOnTest;
  return {
    title: SHARES[question],
    verdict: `${formatFraction(share)} is ${isPositive ? 'at or above' : 'below'} the operating point of ${formatFraction(threshold)}`,
    meaning: `${summed.length > 1 ? `Summed probability of ${names}` : `Probability of ${names}`}. ${CASE_MIX}`,
    onTest: `The point was set for a sensitivity of ${formatFraction(targetSensitivity)}; on test it had ${withInterval('sensitivity', sensitivityOnTest)} and ${withInterval('specificity', specificityOnTest)}.`,
    caution: isPositive ? '' : belowWords(question, value),
  };
}

function belowWords(question: OperatingAnswer['question'], sensitivity: number | null): string {
  const what = question === 'malignant' ? 'malignant lesions' : 'melanomas';
  if (sensitivity === null)
    return `Below the point is no all-clear: how many ${what} lie below it is not known.`;
  const missed = Math.round(1000 * (1 - sensitivity));
  if (missed === 0) return `Below the point is no all-clear, though no ${what} of test lay below it.`;
  return `Below the point is no all-clear: of 1,000 ${what} like those of test, about ${formatCount(missed)} lie below it.`;
}

function withInterval(name: string, estimate: OperatingAnswer['sensitivityOnTest']): string {
  return `${name} ${[formatFraction(estimate.value), formatInterval(estimate)].filter(Boolean).join(' ')}`;
}

/** "7 of 8 views (flips and rotations) have melanoma as the most probable class." */
export function agreementWords({ agreement, classes, probabilities }: ClinicalAnswer): string | null {
  if (agreement === null) return null;
  const first = byProbability({ probabilities })[0]!;
  const { agreeing, views, mean, spread } = agreement;
  const verb = agreeing === 1 ? 'has' : 'have';
  return `${agreeing} of ${views} views (flips and rotations of the picture) ${verb} ${nameInSentence(classes[first]!)} as the most probable class; its probability over them: mean ${formatFraction(mean[first])}, standard deviation ${formatFraction(spread[first])}.`;
}

/** "Of 10: 6 melanoma, 4 melanocytic nevi" */
export function similarWords({ similarByClass, classes }: ClinicalAnswer): string | null {
  if (similarByClass === null) return null;
  const counted = similarByClass
    .map((images, index) => ({ images, info: classes[index]! }))
    .filter(({ images }) => images > 0)
    .sort((a, b) => b.images - a.images);
  const total = counted.reduce((sum, { images }) => sum + images, 0);
  const parts = counted.map(({ images, info }) => `${formatCount(images)} ${nameInSentence(info)}`);
  return `Of ${formatCount(total)}, one a lesion: ${parts.join(', ')}`;
}

const ORIGINS: Readonly<Record<ReleaseSummary['origin'], string>> = {
  bundled: 'came with Lesion Lab',
  'released-here': 'released on this computer',
  imported: 'brought as a file',
};

/** "trained on HAM10000 · released on this computer · balanced accuracy 0.712 (0.680–0.741), test" */
export function modelWords(
  { datasetName, origin, testBalancedAccuracy }: ReleaseSummary,
  testLesions: number | null,
): string {
  const accuracy = testBalancedAccuracy;
  const n = testLesions === null ? '' : `, n = ${formatCounted(testLesions, 'lesion')}`;
  return [
    `trained on ${datasetName}`,
    ORIGINS[origin],
    accuracy === null
      ? 'no figures on test'
      : `balanced accuracy ${[formatFraction(accuracy.value), formatInterval(accuracy)].filter(Boolean).join(' ')} on test${n}`,
  ].join(' · ');
}

/** The set at a level; the answer's own where the release has no such level. */
export function setAtLevel(
  { answer, sets }: Pick<QuestionedAnswer, 'answer' | 'sets'>,
  level: number,
): PredictionSet {
  return sets.find((set) => set.level === level) ?? answer.predictionSet;
}
