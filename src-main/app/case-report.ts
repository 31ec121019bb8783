/**
 * Reports of classified pictures: gathered, made, and held in memory until a window has shown, printed or saved them. Runs in the host.
 * No file is written here, and none lies anywhere in between.
 */
import { AppError } from '../contract/errors.ts';
import type { CaseRecord } from '../contract/schema/case.ts';
import type { CaseFile, ReportPage, ReportWishes } from '../contract/schema/case-privacy.ts';
import type { ClinicalAnswer } from '../contract/schema/clinical-answer.ts';
import type { Release } from '../contract/schema/release.ts';
import { clinicalReportHtml } from './case-report/page.ts';
import type { ReportPicture } from './case-report/pictures.ts';
import type { PrivatePictures } from './private-pictures.ts';

/** Makes a PDF of a held report with Chromium's own print path, on A4 or Letter. */
export type PrintToPdf = (asset: string, paper: 'a4' | 'letter') => Promise<Uint8Array>;

export interface ReportServices {
  readonly version: string;
  /** Null: the model that answered is not installed here any more. */
  readonly findRelease: (hash: string) => Promise<Release | null>;
  /** Undefined where the host has no window of its own to print in: a browser prints. */
  readonly printToPdf?: PrintToPdf | undefined;
}

export interface ReportMaker {
  readonly services: ReportServices;
  readonly pictures: PrivatePictures;
  readonly now: () => Date;
}

/** @param content of the picture @throws AppError `not-found` */
export async function reportOfCase(
  maker: ReportMaker,
  { record, imageId, content }: { record: CaseRecord; imageId: number; content: Uint8Array },
  wishes: ReportWishes,
): Promise<ReportPage> {
  const image = record.images.find((candidate) => candidate.imageId === imageId);
  if (!image) throw new AppError('not-found', `Case ${record.id} has no picture ${imageId} any more.`);
  const { answer, takenOn, mediaType, widthPx, heightPx } = image;
  const picture = { mediaType, widthPx, heightPx, content };
  const kept = {
    ...record,
    takenOn,
    notes: wishes.withNotes ? record.notes : null,
    patient: wishes.withPatientFields ? record.patient : null,
  };
  return make(maker, { picture, answer, kept }, `lesion-lab-report-${record.id}-${takenOn}`);
}

export async function reportOfPicture(
  maker: ReportMaker,
  picture: ReportPicture,
  answer: ClinicalAnswer,
): Promise<ReportPage> {
  return make(maker, { picture, answer, kept: null }, `lesion-lab-report-${answer.answeredAt.slice(0, 10)}`);
}

/** @throws AppError `conflict` where the window is to print, `not-found` for a report that is no longer held */
export async function reportPdf(
  { services, pictures }: Pick<ReportMaker, 'services' | 'pictures'>,
  { asset, name, paper }: { asset: string; name: string; paper: 'a4' | 'letter' },
): Promise<CaseFile> {
  if (!services.printToPdf) {
    throw new AppError(
      'conflict',
      'This host makes no PDF itself: print the report from its window and choose "Save as PDF".',
    );
  }
  pictures.read(asset);
  const content = Buffer.from(await services.printToPdf(asset, paper));
  return {
    name: `${name}.pdf`,
    mediaType: 'application/pdf',
    path: null,
    content: content.toString('base64'),
    bytes: content.length,
  };
}

async function make(
  { services, pictures, now }: ReportMaker,
  document: Pick<Parameters<typeof clinicalReportHtml>[0], 'picture' | 'answer' | 'kept'>,
  name: string,
): Promise<ReportPage> {
  const html = clinicalReportHtml({
    ...document,
    release: await services.findRelease(document.answer.model.hash),
    madeAt: now().toISOString(),
    version: services.version,
  });
  return { name, asset: pictures.holdPage(html) };
}
