/** A case as it is stored, and the two shapes that windows see of it: the whole, and a row of the list. Pure; runs in the host. */

import { classSeries } from '../../contract/class-series.ts';
import type { CaseDetails, CaseImage, CaseRecord, CaseSummary } from '../../contract/schema/case.ts';
import { type ClinicalAnswer, predictedIndex } from '../../contract/schema/clinical-answer.ts';
import type { ClassInfo } from '../../contract/schema/dataset.ts';

export type StoredImage = Omit<CaseImage, 'asset'>;

/** A picture to keep, already without metadata. */
export interface NewPicture
  extends Pick<StoredImage, 'takenOn' | 'mediaType' | 'widthPx' | 'heightPx' | 'answer'> {
  readonly content: Uint8Array;
}

export interface StoredCase {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly details: CaseDetails;
  /** By day, then in the order in which they came. */
  readonly images: readonly StoredImage[];
}

/** What lists, searches and the agreement are answered from. */
export interface IndexedCase extends CaseSummary {
  readonly notes: string;
  /** Of the model that answered for the latest picture. */
  readonly classes: readonly ClassInfo[];
}

const PREFIX = 'case:';

export const assetOf = (code: string, imageId: number): string => `${PREFIX}${code}:${imageId}`;

/** @returns null for the id of something else */
export function parseCaseAsset(asset: string): { readonly code: string; readonly imageId: number } | null {
  const [, code, imageId] = /^case:([^:]+):(\d{1,15})$/.exec(asset) ?? [];
  return code && imageId ? { code, imageId: Number(imageId) } : null;
}

export function toRecord(code: string, { details, images, ...times }: StoredCase): CaseRecord {
  return {
    ...details,
    ...times,
    id: code,
    images: images.map((image) => ({ ...image, asset: assetOf(code, image.imageId) })),
  };
}

export function toIndexed(code: string, { details, images, createdAt, updatedAt }: StoredCase): IndexedCase {
  const { patient, ...kept } = details;
  const latest = images.at(-1);
  if (!latest) throw new Error('A case has at least one picture.');
  const { answer, imageId, takenOn } = latest;
  return {
    ...kept,
    ...opinionOf(answer),
    id: code,
    createdAt,
    updatedAt,
    images: images.length,
    latestImageId: imageId,
    latestOn: takenOn,
    latestAsset: assetOf(code, imageId),
    warnings: images.reduce((sum, image) => sum + image.answer.warnings.length, 0),
    hasPatientFields: patient !== null,
  };
}

/** The row of the list, without what only searches need. */
export function toSummary({ notes: _notes, classes: _classes, ...summary }: IndexedCase): CaseSummary {
  return summary;
}

function opinionOf(answer: ClinicalAnswer) {
  const predicted = predictedIndex(answer);
  const malignant = answer.operating.find(({ question }) => question === 'malignant');
  return {
    model: answer.model,
    classes: answer.classes,
    isWithheld: answer.isWithheld,
    predicted: answer.classes[predicted]!,
    predictedSeries: classSeries(answer.classes, predicted),
    probability: answer.probabilities[predicted]!,
    malignantShare: malignant?.share ?? null,
    isMalignantPositive: malignant?.isPositive ?? null,
  };
}

export function byDay(images: readonly StoredImage[]): StoredImage[] {
  return images.toSorted((a, b) => a.takenOn.localeCompare(b.takenOn) || a.imageId - b.imageId);
}
