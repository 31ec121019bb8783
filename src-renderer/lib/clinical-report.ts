/** A one-page report on a picture: asked for, shown, printed, saved. It is held in the host's memory while it is looked at. Runs in the window. */

import { AppError } from '../../src-main/contract/errors.ts';
import type { CaseFile, ReportPage, ReportWishes } from '../../src-main/contract/schema/case-privacy.ts';
import type { ClinicalAnswer } from '../../src-main/contract/schema/clinical-answer.ts';
import { electronBridge } from './bridge.ts';
import type { Api } from './connect.ts';
import { download } from './download.ts';
import { usualPaper } from './usual-paper.ts';

/** What a report is of: a picture of a case, or one that is not kept. */
export type ReportSource =
  | { readonly kind: 'case'; readonly id: string; readonly imageId: number }
  | { readonly kind: 'answer'; readonly picture: string; readonly answer: ClinicalAnswer };

/** A browser prints to PDF itself; Electron's host makes the file. */
export const makesPdf = electronBridge !== null;

export function askForReport(api: Api, source: ReportSource, wishes: ReportWishes): Promise<ReportPage> {
  if (source.kind === 'case') {
    const { id, imageId } = source;
    return api.call('case.report', { id, imageId, ...wishes });
  }
  const { picture, answer } = source;
  return api.call('classify.report', { picture, answer });
}

export function reportAddress({ asset }: ReportPage): string {
  return `/reports/${encodeURIComponent(asset)}`;
}

export function askForPdf(api: Api, page: ReportPage): Promise<CaseFile> {
  return api.call('report.pdf', { ...page, paper: usualPaper(navigator.language) });
}

/** The system's dialog for printing, which also saves as PDF. */
export function printReport(frame: HTMLIFrameElement): void {
  frame.contentWindow?.focus();
  frame.contentWindow?.print();
}

/** @throws AppError `not-found` once the host no longer holds it */
export async function saveReportHtml(page: ReportPage): Promise<void> {
  const reply = await fetch(reportAddress(page));
  if (!reply.ok) throw new AppError('not-found', 'The report is no longer there. Open it again.');
  download(`${page.name}.html`, await reply.blob());
}
