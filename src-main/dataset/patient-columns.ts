/**
 * The patient columns of a metadata table, HAM10000's names. Pure. A missing value (an empty cell, or what pandas
 * reads as one) is null; the word `unknown` stays, so that the cleaning rules can tell them apart.
 */
import type { DatasetManifest } from '../contract/schema/dataset.ts';
import type { ListedImage } from './layout.ts';
import type { TableRow } from './table.ts';

type PatientColumn = DatasetManifest['columns'][number];

const COLUMN_NAMES: Record<PatientColumn, string> = {
  age: 'age',
  sex: 'sex',
  site: 'localization',
  'dx-type': 'dx_type',
  lesion: 'lesion_id',
};
const MISSING = /^(na|n\/a|nan|null|none|#n\/a)?$/i;

export type PatientFields = Pick<ListedImage, 'lesionId' | 'ageYears' | 'sex' | 'site' | 'dxType'>;

/** Which of them a table with these (lower-case) columns provides. */
export function patientColumnsOf(columns: readonly string[]): PatientColumn[] {
  return (Object.keys(COLUMN_NAMES) as PatientColumn[]).filter((key) => columns.includes(COLUMN_NAMES[key]));
}

/** The fields of one image; an image without a lesion id, or without a row, is a lesion of its own. */
export function patientFields(row: TableRow | undefined, imageId: string): PatientFields {
  const value = (key: PatientColumn) => {
    const text = row?.cell(COLUMN_NAMES[key]) ?? '';
    return MISSING.test(text) ? null : text;
  };
  const age = value('age');
  const years = Number(age);
  return {
    lesionId: value('lesion') ?? imageId,
    ageYears: age !== null && Number.isFinite(years) && years >= 0 ? years : null,
    sex: value('sex'),
    site: value('site'),
    dxType: value('dx-type'),
  };
}
