/** A released model's answer for one picture as text: what the window says, in the same words. Pure. */
import {
  agreementWords,
  byProbability,
  coverageWords,
  headlineOf,
  includedClasses,
  kindWords,
  omissionWords,
  operatingWords,
  RESEARCH_USE,
  shortHash,
  similarWords,
  withheldReasons,
} from '../../../contract/answer-words.ts';
import type { FolderOutcome, QuestionedAnswer } from '../../../contract/release-api.ts';
import type { ClinicalAnswer } from '../../../contract/schema/clinical-answer.ts';
import { duration, figure, table } from './format.ts';

/** @param name what the picture is called */
export function formatAnswer(name: string, { answer }: Pick<QuestionedAnswer, 'answer'>): string {
  const { title, note } = headlineOf(answer, answer.predictionSet);
  const { model } = answer;
  return [
    `${name}\n${title}. ${note}`,
    ...warningLines(answer),
    probabilityTable(answer),
    ...(answer.isWithheld ? [] : setLines(answer)),
    ...answer.operating.map((operating) => {
      const words = operatingWords(operating, answer.classes);
      return [`${words.title}: ${words.verdict}.`, words.meaning, words.onTest, words.caution]
        .filter(Boolean)
        .join(' ');
    }),
    ...[agreementWords(answer), similarWords(answer)].filter((words) => words !== null),
    `Answered by ${model.name} ${model.version} (${shortHash(model.hash)}). ${RESEARCH_USE}`,
  ].join('\n\n');
}

function warningLines(answer: ClinicalAnswer): string[] {
  const reasons = answer.isWithheld ? withheldReasons(answer) : [];
  const lines = [...new Set([...answer.warnings, ...reasons])];
  return lines.length > 0 ? [lines.map((line) => `Warning: ${line}`).join('\n')] : [];
}

function probabilityTable(answer: ClinicalAnswer): string {
  const { classes, probabilities, predictionSet, isWithheld } = answer;
  const rows = byProbability(answer).map((index) => [
    classes[index]!.name,
    figure(probabilities[index]),
    isWithheld ? '' : predictionSet.members[index]!.isIncluded ? 'in it' : '',
  ]);
  const head = isWithheld ? 'What the network computed all the same; no answer' : 'Calibrated probabilities';
  return `${head}\n${table(['class', 'probability', 'set'], rows)}`;
}

function setLines(answer: ClinicalAnswer): string[] {
  const { classes, predictionSet } = answer;
  const { members, level } = predictionSet;
  const included = includedClasses(answer, predictionSet);
  const omitted = classes.flatMap((info, index) =>
    info.malignant && !included.includes(index) ? [omissionWords(members[index]!, info)] : [],
  );
  const kept = included.map((index) => {
    const [member, info] = [members[index]!, classes[index]!];
    return `${info.name}: ${coverageWords(member, info)} (${kindWords(member, level)}).`;
  });
  return [[...kept, ...omitted].join('\n')];
}

export function formatFolder(outcome: FolderOutcome): string {
  const { pictures, answered, earlier, unreadable, withWarnings, withheld, csv, elapsedMs } = outcome;
  const asked = answered + unreadable;
  const rate = asked > 0 ? `, ${Math.round((60_000 * asked) / elapsedMs)} a minute` : '';
  return [
    `${pictures} pictures: ${answered} answered${earlier > 0 ? `, ${earlier} were in the table already` : ''}, ${unreadable} not read.`,
    ...(answered > 0
      ? [
          `Of those answered, ${withWarnings} have warnings, and ${withheld} got no diagnosis because of them.`,
        ]
      : []),
    `${duration(elapsedMs)}${rate}. All rows in ${csv}. ${RESEARCH_USE}`,
  ].join('\n');
}
