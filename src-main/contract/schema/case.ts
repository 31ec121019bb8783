/**
 * A case: a lesion that a clinician keeps, with its pictures over time, what the model answered, and what people found. Pure (zod only).
 * Nothing in a case says whose lesion it is, unless patient fields of a DICOM file are kept on request.
 */
import { z } from 'zod';
import { ClinicalAnswer } from './clinical-answer.ts';
import { ClassInfo } from './dataset.ts';

const count = z.number().int().nonnegative();
const date = z.iso.date();
const time = z.string();

/** Two groups of four, drawn at random from signs that are not taken for one another and make no words. */
export const CASE_ID_SIGNS = '23456789CFGHJMPQRVWX';
export const CaseId = z
  .string()
  .trim()
  .toUpperCase()
  .regex(
    new RegExp(`^[${CASE_ID_SIGNS}]{4}-[${CASE_ID_SIGNS}]{4}$`),
    'is no id of a case, which is like "7F4M-2XQW"',
  );

/** A diagnosis as a person gives it: one of the model's classes, words, or both. */
export const Finding = z
  .object({ code: z.string().min(1).max(60).nullable(), text: z.string().max(500) })
  .refine(({ code, text }) => code !== null || text.trim() !== '', 'needs a class or words');
export type Finding = z.infer<typeof Finding>;

export const Histology = z
  .object({ ...Finding.shape, reportedOn: date.nullable() })
  .refine(({ code, text }) => code !== null || text.trim() !== '', 'needs a class or words');
export type Histology = z.infer<typeof Histology>;

/** Keywords of DICOM ("PatientName") and their values. */
export const PatientFields = z.record(z.string().min(1).max(64), z.string().max(1024));
export type PatientFields = z.infer<typeof PatientFields>;

/** What a person says of the lesion; null: nothing. */
export const CaseDetails = z.object({
  ageYears: z.number().min(0).max(120).nullable(),
  sex: z.enum(['female', 'male', 'other']).nullable(),
  site: z.string().min(1).max(120).nullable(),
  diagnosis: Finding.nullable(),
  histology: Histology.nullable(),
  notes: z.string().max(20_000),
  /** Kept only when asked. */
  patient: PatientFields.nullable(),
});
export type CaseDetails = z.infer<typeof CaseDetails>;

export const NO_DETAILS: CaseDetails = {
  ageYears: null,
  sex: null,
  site: null,
  diagnosis: null,
  histology: null,
  notes: '',
  patient: null,
};

/** A key left out stays as it is. */
export const CaseChange = CaseDetails.partial();
export type CaseChange = z.infer<typeof CaseChange>;

export const CaseImage = z.object({
  imageId: z.number().int().positive(),
  /** The day of the picture, as a person gives it. */
  takenOn: date,
  addedAt: time,
  mediaType: z.enum(['image/jpeg', 'image/png']),
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  bytes: count,
  /** By which a window looks at it. */
  asset: z.string(),
  answer: ClinicalAnswer,
});
export type CaseImage = z.infer<typeof CaseImage>;

export const CaseRecord = CaseDetails.extend({
  id: CaseId,
  createdAt: time,
  updatedAt: time,
  /** Of the same lesion, by day. */
  images: z.array(CaseImage).min(1),
});
export type CaseRecord = z.infer<typeof CaseRecord>;

/** A row of the list. What the model says is its answer for the latest picture. */
export const CaseSummary = z.object({
  id: CaseId,
  createdAt: time,
  updatedAt: time,
  images: count,
  latestImageId: z.number().int().positive(),
  latestOn: date,
  latestAsset: z.string(),
  model: z.object({ name: z.string(), version: z.string(), hash: z.string() }),
  /** No diagnosis was given for the latest picture; `predicted` is what the network computed all the same. */
  isWithheld: z.boolean(),
  predicted: ClassInfo,
  /** Its place in the colour series (class-series.ts). */
  predictedSeries: count,
  probability: z.number(),
  /** Null where the classes allow no such share. */
  malignantShare: z.number().nullable(),
  isMalignantPositive: z.boolean().nullable(),
  /** Of all its pictures. */
  warnings: count,
  ageYears: z.number().nullable(),
  sex: CaseDetails.shape.sex,
  site: z.string().nullable(),
  diagnosis: Finding.nullable(),
  histology: Histology.nullable(),
  hasPatientFields: z.boolean(),
});
export type CaseSummary = z.infer<typeof CaseSummary>;

/** Whose diagnosis a filter means. */
export const CaseOpinion = z.enum(['model', 'clinician', 'histology']);
export type CaseOpinion = z.infer<typeof CaseOpinion>;

/** Which cases; everything left out means all of them. */
export const CaseFilter = z.object({
  /** Words that must all be found in id, notes, diagnosis or histology; without regard to case. */
  search: z.string().max(500).default(''),
  class: z.object({ code: z.string(), by: CaseOpinion }).optional(),
  /** Kept on this day or later, before that one. */
  createdFrom: z.string().optional(),
  createdBefore: z.string().optional(),
  hasWarnings: z.boolean().optional(),
  hasHistology: z.boolean().optional(),
});
export type CaseFilter = z.infer<typeof CaseFilter>;

export const CASE_SORTS = [
  'createdAt',
  'updatedAt',
  'latestOn',
  'id',
  'predicted',
  'probability',
  'malignantShare',
  'warnings',
] as const;
export const CaseSort = z.object({ by: z.enum(CASE_SORTS), descending: z.boolean() });
export type CaseSort = z.infer<typeof CaseSort>;

export const LARGEST_CASE_PAGE = 500;

export const CaseQuery = z.object({
  filter: CaseFilter.prefault({}),
  sort: CaseSort.default({ by: 'createdAt', descending: true }),
  offset: count.default(0),
  limit: z.number().int().positive().max(LARGEST_CASE_PAGE).default(LARGEST_CASE_PAGE),
});
export type CaseQuery = z.infer<typeof CaseQuery>;

export const CasePage = z.object({
  /** Of all cases that the filter lets through. */
  total: count,
  offset: count,
  cases: z.array(CaseSummary),
});
export type CasePage = z.infer<typeof CasePage>;

/** The three opinions on one case; null where there is none, or none of a class. */
export const AgreementRow = z.object({
  id: CaseId,
  model: CaseSummary.shape.model,
  predicted: z.string().nullable(),
  isMalignantPositive: z.boolean().nullable(),
  clinician: z.string().nullable(),
  histology: z.string().nullable(),
});
export type AgreementRow = z.infer<typeof AgreementRow>;

export const AgreementInput = z.object({
  /** All classes of the models that answered, in their order. */
  classes: z.array(ClassInfo),
  rows: z.array(AgreementRow),
});
export type AgreementInput = z.infer<typeof AgreementInput>;
