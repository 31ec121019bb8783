/**
 * A run's report as one HTML file: read offline and without scripts, charts as SVG, no picture of a patient in it. Pure;
 * the window and the command line save the same text.
 */
import { binaryQuestions } from '../../contract/binary-questions.ts';
import { leftOutNotes } from '../../contract/report-notes.ts';
import type { ModelInfo } from '../../contract/schema/catalogue.ts';
import type { DatasetSummary } from '../../contract/schema/dataset.ts';
import type { EvaluationReport, PartReport, Prediction } from '../../contract/schema/evaluation.ts';
import type { EpochRecord, RunRecord } from '../../contract/schema/run.ts';
import { calibrationChart, rankingCharts, trainingCharts } from './charts.ts';
import { counted, estimate, moment, withInterval } from './figures.ts';
import { type Html, html } from './html.ts';
import { environmentSection, settingsSection } from './settings.ts';
import { STYLE } from './style.ts';
import {
  calibrationTable,
  classTable,
  confusionTable,
  headlineTable,
  mistakesTable,
  subgroupTable,
  thresholdTable,
} from './tables.ts';

export interface ReportDocument {
  readonly run: RunRecord;
  /** What the run was trained on. */
  readonly dataset: DatasetSummary;
  /** What it was tested on, where that is another set. */
  readonly testedOn: DatasetSummary | null;
  readonly epochs: readonly EpochRecord[];
  readonly report: EvaluationReport;
  /** By part; a part whose predictions were not kept is missing. */
  readonly predictions: ReadonlyMap<string, readonly Prediction[]>;
  /** Undefined for a model from a file. */
  readonly model: ModelInfo | undefined;
  readonly madeAt: string;
  readonly version: string;
}

export const RESEARCH_USE =
  'For research and teaching only. Not a medical device: nothing here may decide about a patient.';

export function reportHtml(document: ReportDocument): string {
  const { run, report, model, epochs, madeAt, version } = document;
  const parts = [...report.parts].sort((a, b) => rank(a.part) - rank(b.part));
  const title = `${run.name}, run ${run.id}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · Lesion Lab</title><style>${{ html: STYLE }}</style></head><body>
<header><h1>${title}</h1>${contextLines(document)}<p class="use">${RESEARCH_USE}</p></header>
${notes(document)}
<nav aria-label="Sections">${parts.map(({ part }) => html`<a href="#part-${part}">${capitalised(part)}</a>`)}<a href="#training">Training</a><a href="#settings">Settings</a><a href="#environment">Environment</a></nav>
<main>${parts.map((part) => partSection(document, part))}
<h2 id="training">Training</h2>${epochs.length > 0 ? trainingCharts(epochs) : html`<p>No epoch was kept.</p>`}
${settingsSection(run, model)}
${environmentSection(run)}</main>
<footer class="secondary"><p>Intervals: 95 %, bootstrap over lesions within each class, ${counted(report.bootstrapSamples, 'sample')}. A dash: no figure, such as of a class without images. ▲: malignant.</p>
<p>Made by Lesion Lab ${version} on ${moment(madeAt)}. ${RESEARCH_USE}</p></footer>
</body></html>
`;
  return page.html;
}

/** What was not seen in training comes first. */
function rank(part: string): number {
  return ['validation', 'calibration', 'train'].indexOf(part);
}

function contextLines({ run, dataset, testedOn, model }: ReportDocument): Html {
  const images = (set: DatasetSummary) =>
    `${set.name}${set.synthetic ? ' (drawn images, not photographs)' : ''}, ${counted(set.imageCount, 'image')}`;
  return html`<p class="secondary">${model?.title ?? run.config.model} trained on ${images(dataset)}, seed ${run.config.seed}, split by ${run.config.splitMethod}.</p>
${testedOn ? html`<p class="secondary">Tested here on another set: ${images(testedOn)}.</p>` : null}`;
}

function notes({ run, report }: ReportDocument): Html | null {
  const texts = [...run.warnings, ...leftOutNotes(report)];
  return texts.length === 0
    ? null
    : html`<ul class="notes">${texts.map((warning) => html`<li>${warning}</li>`)}</ul>`;
}

function partSection({ report, predictions }: ReportDocument, part: PartReport): Html {
  const { classes, subgroups } = report;
  const kept = predictions.get(part.part) ?? [];
  const questions = binaryQuestions(classes);
  const isSubgroupPart = part.part === 'test' || report.parts.length === 1;
  return html`<h2 id="part-${part.part}">${capitalised(part.part)}, n = ${counted(part.images, 'image')} of ${counted(part.lesions, 'lesion')}</h2>
${headlineTable(part)}
${melanomaLine(part)}
<div class="scroll">${confusionTable(classes, part)}</div>
<div class="scroll">${classTable(classes, part)}</div>
${
  kept.length > 0
    ? html`${rankingCharts(questions, kept)}<div class="scroll">${thresholdTable(questions, kept)}</div>`
    : html`<p class="secondary">The predictions of this part were not kept: it has no curves and no list of mistakes.</p>`
}
<div class="charts">${calibrationChart(part)}<div>${calibrationTable(part)}</div></div>
${isSubgroupPart && subgroups.length > 0 ? html`<div class="scroll">${subgroupTable(subgroups, part.part)}</div>` : null}
${kept.length > 0 ? html`<div class="scroll">${mistakesTable(classes, kept)}</div>` : null}`;
}

function melanomaLine({ melanomaSensitivity, intervals, part }: PartReport): Html | null {
  if (!melanomaSensitivity) return null;
  const texts = melanomaSensitivity.map(({ specificity, sensitivity }, index) => {
    const found = withInterval(sensitivity, intervals?.melanomaSensitivity[index]);
    return `${estimate(found)} at specificity ${specificity.toFixed(2)}`;
  });
  return html`<p>Melanoma against the rest, sensitivity on ${part}: ${texts.join(', ')}.</p>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
