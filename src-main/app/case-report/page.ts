/**
 * What a model answered for one picture, on one page: read offline and without scripts, picture and heat map inside. Pure. Its words
 * are those of the screen (contract/answer-words.ts); where a text is too long for the page it says what is left out.
 */
import {
  agreementWords,
  byProbability,
  CASE_MIX,
  headlineOf,
  levelWords,
  NO_RULE_OUT,
  omissionWords,
  operatingWords,
  RESEARCH_USE,
  similarWords,
  withheldReasons,
} from '../../contract/answer-words.ts';
import { classSeries } from '../../contract/class-series.ts';
import type { ClinicalAnswer, OperatingAnswer } from '../../contract/schema/clinical-answer.ts';
import type { Release } from '../../contract/schema/release.ts';
import { count, counted, estimate, fraction, moment } from '../report-html/figures.ts';
import { type Html, html } from '../report-html/html.ts';
import { heatFigure, pictureFigure, type ReportPicture } from './pictures.ts';
import { type Room, shortened } from './shortened.ts';
import { STYLE } from './style.ts';
import { type KeptFacts, keptLine, noteBlock } from './who.ts';

export interface ClinicalDocument {
  readonly picture: ReportPicture;
  readonly answer: ClinicalAnswer;
  /** Null: the picture is of no kept case. */
  readonly kept: KeptFacts | null;
  /** Null: the model that answered is not installed here any more. */
  readonly release: Release | null;
  readonly madeAt: string;
  readonly version: string;
}

/** More of them are named together below the table. */
const MOST_CLASSES = 12;
/** More sentences are set smaller, in two columns. */
const MANY_WARNINGS = 3;
/** Signs of a text on a page with room, and on one that is full of warnings. */
const LONGEST_WARNING = { usual: 260, full: 120 };
const MOST_OMISSIONS = 3;
const LONGEST_LIMITS = { usual: 420, full: 200 };
const LONGEST_NAME = 48;

export function clinicalReportHtml(given: ClinicalDocument): string {
  const document = withShortNames(given);
  const { kept, madeAt, version } = document;
  const room = document.answer.warnings.length > MANY_WARNINGS ? 'full' : 'usual';
  const title = kept ? `Case ${kept.id}, picture of ${kept.takenOn}` : 'Picture that is not kept';
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title} · Lesion Lab</title><style>${{ html: STYLE }}</style></head><body><main class="page ${room}">
<header><div><h1>${title}</h1><p class="use">${RESEARCH_USE}</p></div>
<div class="secondary"><p>Lesion Lab ${version}</p><p>Answered ${moment(document.answer.answeredAt)}</p><p>Report made ${moment(madeAt)}</p></div></header>
${kept ? keptLine(kept) : null}
<section class="pictures" aria-label="Picture and heat map">${pictureFigure(document.picture)}${heatFigure(document)}</section>
${warningBox(document.answer, room)}
${document.answer.isWithheld ? withheldSection(document.answer) : answerSection(document.answer)}
${modelSection(document, room)}
${kept?.notes ? noteBlock(kept.notes, room) : null}
<section class="signature" aria-label="Signature"><span>Name</span><span>Signature</span><span>Date</span></section>
<footer><b>${RESEARCH_USE}</b> Probabilities and shares are relative to the case mix of the training data. A dash: no figure. ▲: malignant class.</footer>
</main></body></html>
`;
  return page.html;
}

/** Names of classes of a person's own making may be long; the code stays beside each. */
function withShortNames(document: ClinicalDocument): ClinicalDocument {
  const short = (name: string) =>
    name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…` : name;
  const classes = document.answer.classes.map((info) => ({ ...info, name: short(info.name) }));
  return { ...document, answer: { ...document.answer, classes } };
}

function warningBox({ warnings, isWithheld }: ClinicalAnswer, room: Room): Html | null {
  // of a withheld answer the section below says it
  if (warnings.length === 0 || isWithheld) return null;
  return html`<section class="warnings" aria-label="Warnings"><h3>What speaks against trusting this answer</h3><ul>${warnings.map(
    (warning) => html`<li>${shortened(warning, LONGEST_WARNING[room])}</li>`,
  )}</ul></section>`;
}

function withheldSection(answer: ClinicalAnswer): Html {
  const { title, note } = headlineOf(answer, answer.predictionSet);
  const reasons = withheldReasons(answer);
  const all = [...new Set([...reasons, ...answer.warnings])];
  return html`<section class="warnings" aria-label="No answer"><h2>${title}</h2><ul>${all.map(
    (reason) => html`<li>${shortened(reason, LONGEST_WARNING.usual)}</li>`,
  )}</ul><p><b>${note}</b></p><p>No diagnosis, no set and no share is given for such a picture.</p></section>`;
}

function answerSection(answer: ClinicalAnswer): Html {
  const { title } = headlineOf(answer, answer.predictionSet);
  return html`<section class="answer" aria-label="Answer"><h2>${title}</h2>${probabilityTable(answer)}<p class="secondary">${setNote(answer)}</p></section>
<section class="checks" aria-label="What the answer means"><div>${answer.operating.length > 0 ? answer.operating.map((operating) => operatingBlock(operating, answer.classes)) : null}
${answer.operating.length > 0 ? html`<p class="secondary">${CASE_MIX}</p>` : null}</div>
<div>${omissions(answer)}
${checked('Agreement under flips and rotations', agreementWords(answer))}
${checked('Most similar training images', similarWords(answer))}</div></section>`;
}

function checked(title: string, words: string | null): Html {
  return html`<p class="secondary"><b>${title}:</b> ${words ?? 'not measured.'}</p>`;
}

/** Probabilities, and which classes the set holds. */
function probabilityTable(answer: ClinicalAnswer): Html {
  const { classes, probabilities, predictionSet } = answer;
  const order = byProbability(answer);
  const rows = order.slice(0, MOST_CLASSES).map((index) => {
    const { code, name, malignant } = classes[index]!;
    const { isIncluded, kind, onTest } = predictionSet.members[index]!;
    const colour = `var(--series-${classSeries(classes, index)})`;
    return html`<tr><th scope="row"><span class="swatch" style="background:${colour}"></span><b>${code}</b> ${name}${malignant ? ' ▲' : ''}</th>
<td class="bar"><span style="width:${(100 * probabilities[index]!).toFixed(1)}%;background:${colour}"></span></td><td>${fraction(probabilities[index])}</td>
<td class="in">${isIncluded ? 'in' : '–'}${kind === 'marginal' ? '*' : ''}</td><td>${onTest ? `${count(onTest.covered)} of ${count(onTest.lesions)}` : '–'}</td></tr>`;
  });
  return html`<table><colgroup><col style="width:47%"><col style="width:20%"><col style="width:10%"><col style="width:9%"><col style="width:14%"></colgroup>
<thead><tr><th scope="col">class</th><th scope="col"></th><th scope="col">probability</th><th scope="col">${levelWords(predictionSet.level)} set</th><th scope="col">in its set on test</th></tr></thead>
<tbody>${rows}</tbody></table>${othersLine(answer, order.slice(MOST_CLASSES))}`;
}

function othersLine(
  { classes, probabilities, predictionSet }: ClinicalAnswer,
  others: readonly number[],
): Html | null {
  if (others.length === 0) return null;
  const total = others.reduce((sum, index) => sum + probabilities[index]!, 0);
  const inSet = others.filter((index) => predictionSet.members[index]!.isIncluded);
  const codes = inSet.map((index) => classes[index]!.code).join(', ');
  return html`<p class="secondary">${others.length} more ${others.length === 1 ? 'class' : 'classes'} together ${fraction(total)}; ${inSet.length > 0 ? `in the set: ${codes}` : 'none in the set'}.</p>`;
}

function setNote({ predictionSet }: ClinicalAnswer): string {
  const hasMarginal = predictionSet.members.some(({ kind }) => kind === 'marginal');
  return `${NO_RULE_OUT} "In its set on test": lesions of that class whose set held it.${hasMarginal ? ' *: too few lesions for a promise for this class by itself; the level holds over all classes together.' : ''}`;
}

function omissions({ classes, predictionSet }: ClinicalAnswer): Html | null {
  const sentences = classes.flatMap((info, index) => {
    const member = predictionSet.members[index]!;
    return info.malignant && !member.isIncluded ? [omissionWords(member, info)] : [];
  });
  if (sentences.length === 0) return null;
  const rest = sentences.length - MOST_OMISSIONS;
  return html`<p class="secondary">${sentences.slice(0, MOST_OMISSIONS).join(' ')}${rest > 0 ? ` ${rest} more malignant ${rest === 1 ? 'class is' : 'classes are'} outside of it.` : ''}</p>`;
}

function operatingBlock(operating: OperatingAnswer, classes: ClinicalAnswer['classes']): Html {
  const { title, verdict, onTest, caution } = operatingWords(operating, classes);
  const { share, threshold } = operating;
  return html`<div><h3>${title}: ${verdict}</h3>
<div class="share"><span style="width:${(100 * share).toFixed(1)}%"></span><i style="left:${(100 * threshold).toFixed(1)}%"></i></div>
<p class="secondary">${onTest} ${caution}</p></div>`;
}

function modelSection({ answer, release }: ClinicalDocument, room: Room): Html {
  const { name, version, hash } = answer.model;
  const head = html`<h3>Model: ${name} ${version}</h3><p class="hash">SHA-256 ${hash}</p>`;
  if (!release) {
    return html`<section class="model" aria-label="Model">${head}<p class="secondary">This model is not installed here any more: what it was trained and tested on cannot be stated.</p></section>`;
  }
  const { dataset, test, modelId } = release.evidence;
  const accuracy = test
    ? `${estimate(test.balancedAccuracy)}, n = ${counted(test.lesions, 'lesion')} (${counted(test.images, 'image')})`
    : 'not measured';
  const licence = release.isNonCommercial ? ' Not for commercial use.' : '';
  return html`<section class="model" aria-label="Model">${head}
<p>${modelId}, trained on ${dataset.name}${dataset.synthetic ? ' (drawn images, not photographs)' : ''}, ${counted(dataset.images, 'image')}; released ${release.releasedAt.slice(0, 10)}.${licence} Balanced accuracy on test (95 % interval): ${accuracy}.</p>
<p class="secondary"><b>Limits:</b> ${release.limits === '' ? 'none stated.' : shortened(release.limits, LONGEST_LIMITS[room], 'the model card has all of it')}</p></section>`;
}
