/** Cases and the audit list as files for other programs. Runs in the host. */
import type { CaseImage, CaseRecord } from '../contract/schema/case.ts';
import type { AuditEntry, CaseExportRequest, CaseFile } from '../contract/schema/case-privacy.ts';
import { type ClinicalAnswer, predictedIndex } from '../contract/schema/clinical-answer.ts';
import { allAudit } from '../store/cases/audit.ts';
import type { CaseStore } from '../store/cases/case-store.ts';
import { deliver, type ZipMember, zipOf } from './case-file.ts';
import { asText, csv } from './csv.ts';

const NOTE = 'Research use; not a medical device. Never the sole basis of a decision.';
const MEDIA_TYPES = { csv: 'text/csv', json: 'application/json' } as const;

interface Place {
  readonly today: string;
  readonly dataFolder: string;
}

/** A case as it is exported: without the addresses of windows, its pictures by the names that they have in the zip. */
interface ExportedCase extends Omit<CaseRecord, 'images'> {
  readonly images: readonly (Omit<CaseImage, 'asset'> & { readonly file: string | null })[];
}

export async function exportCases(
  store: CaseStore,
  { ids, format, withImages, withPatientFields, path }: CaseExportRequest,
  { today, dataFolder }: Place,
  signal?: AbortSignal,
): Promise<CaseFile> {
  const cases = [...store.export([...new Set(ids)], withPatientFields)].map((record) =>
    exportedCase(record, { withImages, withPatientFields }),
  );
  const text = Buffer.from(
    format === 'csv' ? casesAsCsv(cases) : asJson({ format: 'lesion-lab-cases', note: NOTE, cases }),
  );
  const name = `lesion-lab-cases-${today}`;
  if (!withImages) {
    const file = { name: `${name}.${format}`, mediaType: MEDIA_TYPES[format], path, dataFolder };
    return deliver([text], file, signal);
  }
  function* members(): Generator<ZipMember> {
    yield { name: `cases.${format}`, bytes: text, isPacked: false };
    for (const { id, images } of cases) {
      for (const { imageId, file } of images) {
        if (file !== null) yield { name: file, bytes: store.picture(id, imageId), isPacked: true };
      }
    }
  }
  return deliver(
    zipOf(members()),
    { name: `${name}.zip`, mediaType: 'application/zip', path, dataFolder },
    signal,
  );
}

export async function exportAudit(
  store: CaseStore,
  { format, path }: Pick<CaseExportRequest, 'format' | 'path'>,
  { today, dataFolder }: Place,
): Promise<CaseFile> {
  store.audit('audit-exported');
  const entries = [...allAudit(store.db)];
  const text = format === 'csv' ? auditAsCsv(entries) : asJson({ format: 'lesion-lab-case-audit', entries });
  const name = `lesion-lab-case-audit-${today}.${format}`;
  return deliver([Buffer.from(text)], { name, mediaType: MEDIA_TYPES[format], path, dataFolder });
}

function exportedCase(
  record: CaseRecord,
  { withImages, withPatientFields }: { withImages: boolean; withPatientFields: boolean },
): ExportedCase {
  return {
    ...record,
    patient: withPatientFields ? record.patient : null,
    images: record.images.map(({ asset: _asset, ...image }, index) => ({
      ...image,
      file: withImages ? fileName(record.id, index, image) : null,
    })),
  };
}

function fileName(id: string, index: number, { takenOn, mediaType }: Omit<CaseImage, 'asset'>): string {
  return `images/${id}-${index + 1}-${takenOn}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
}

const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** One row a picture; a column for each class and each patient field that occurs. */
function casesAsCsv(cases: readonly ExportedCase[]): string {
  const images = cases.flatMap((one) => one.images.map((image) => ({ one, image })));
  const codes = [...new Set(images.flatMap(({ image }) => image.answer.classes.map(({ code }) => code)))];
  const fields = [...new Set(cases.flatMap(({ patient }) => Object.keys(patient ?? {})))].sort();
  const header = [
    ...CASE_COLUMNS.map(([name]) => name),
    ...IMAGE_COLUMNS.map(([name]) => name),
    ...codes.map((code) => asText(`p_${code}`)),
    ...fields.map((field) => asText(`patient_${field}`)),
  ];
  const rows = images.map(({ one, image }) => [
    ...CASE_COLUMNS.map(([, value]) => cell(value(one))),
    ...IMAGE_COLUMNS.map(([, value]) => cell(value(image))),
    ...codes.map((code) => cell(probabilityOf(image.answer, code))),
    ...fields.map((field) => cell(one.patient?.[field] ?? null)),
  ]);
  return csv([header, ...rows]);
}

type Cell = string | number | boolean | null;
type Column<Of> = readonly [name: string, value: (of: Of) => Cell];

const CASE_COLUMNS: readonly Column<ExportedCase>[] = [
  ['case', ({ id }) => id],
  ['created_at', ({ createdAt }) => createdAt],
  ['age_years', ({ ageYears }) => ageYears],
  ['sex', ({ sex }) => sex],
  ['site', ({ site }) => site],
  ['clinician_class', ({ diagnosis }) => diagnosis?.code ?? null],
  ['clinician_words', ({ diagnosis }) => diagnosis?.text ?? null],
  ['histology_class', ({ histology }) => histology?.code ?? null],
  ['histology_words', ({ histology }) => histology?.text ?? null],
  ['histology_on', ({ histology }) => histology?.reportedOn ?? null],
  ['notes', ({ notes }) => notes],
];

const IMAGE_COLUMNS: readonly Column<ExportedCase['images'][number]>[] = [
  ['image', ({ file, imageId }) => file ?? imageId],
  ['taken_on', ({ takenOn }) => takenOn],
  ['answered_at', ({ answer }) => answer.answeredAt],
  ['model', ({ answer }) => answer.model.name],
  ['model_version', ({ answer }) => answer.model.version],
  ['model_hash', ({ answer }) => answer.model.hash],
  ['predicted', ({ answer }) => predictedOf(answer)],
  ['set_level', ({ answer }) => answer.predictionSet.level],
  ['set', ({ answer }) => setOf(answer)],
  ['malignant_share', ({ answer }) => malignantOf(answer)?.share ?? null],
  ['malignant_threshold', ({ answer }) => malignantOf(answer)?.threshold ?? null],
  ['malignant_positive', ({ answer }) => malignantOf(answer)?.isPositive ?? null],
  ['out_of_distribution', ({ answer }) => answer.outOfDistribution.value],
  ['out_of_distribution_limit', ({ answer }) => answer.outOfDistribution.limit],
  ['is_outside', ({ answer }) => answer.outOfDistribution.isOutside],
  ['is_withheld', ({ answer }) => answer.isWithheld],
  ['quality', ({ answer }) => answer.quality.map(({ kind }) => kind).join(' ')],
  ['warnings', ({ answer }) => answer.warnings.join(' ')],
];

/** Nothing where no diagnosis was given, as in the table of a folder. */
const predictedOf = (answer: ClinicalAnswer) =>
  answer.isWithheld ? null : (answer.classes[predictedIndex(answer)]?.code ?? null);

const malignantOf = ({ operating }: ClinicalAnswer) =>
  operating.find(({ question }) => question === 'malignant');

const setOf = ({ classes, predictionSet }: ClinicalAnswer): string =>
  classes.flatMap(({ code }, index) => (predictionSet.members[index]?.isIncluded ? [code] : [])).join(' ');

function probabilityOf({ classes, probabilities }: ClinicalAnswer, code: string): number | null {
  return probabilities[classes.findIndex((one) => one.code === code)] ?? null;
}

function auditAsCsv(entries: readonly AuditEntry[]): string {
  const header = ['sequence', 'at', 'who', 'what', 'case', 'hash'];
  return csv([
    header,
    ...entries.map(({ sequence, at, who, what, caseId, hash }) =>
      [sequence, at, who, what, caseId, hash].map(cell),
    ),
  ]);
}

function cell(value: Cell): string {
  if (value === null) return '';
  return typeof value === 'string' ? asText(value) : String(value);
}
