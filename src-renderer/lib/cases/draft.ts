/** What a person has typed of a case, as the fields hold it, to and from what is kept. Pure. */
import type { CaseChange, CaseDetails } from '../../../src-main/contract/schema/case.ts';

export interface FindingDraft {
  /** Code of a class; empty: none. */
  code: string;
  text: string;
}

export interface CaseDraft {
  age: string;
  sex: NonNullable<CaseDetails['sex']> | '';
  site: string;
  diagnosis: FindingDraft;
  histology: FindingDraft;
  histologyOn: string;
  notes: string;
}

/** By the field that is wrong. */
export type DraftProblems = Readonly<Partial<Record<'age' | 'histology', string>>>;

/** All but the patient's fields, which nobody types. */
export type TypedDetails = Omit<CaseDetails, 'patient'>;

const OLDEST_YEARS = 120;

export function draftOf(details: TypedDetails): CaseDraft {
  const finding = (given: { code: string | null; text: string } | null) => ({
    code: given?.code ?? '',
    text: given?.text ?? '',
  });
  return {
    age: details.ageYears === null ? '' : String(details.ageYears),
    sex: details.sex ?? '',
    site: details.site ?? '',
    diagnosis: finding(details.diagnosis),
    histology: finding(details.histology),
    histologyOn: details.histology?.reportedOn ?? '',
    notes: details.notes,
  };
}

export function problemsOf(draft: CaseDraft): DraftProblems {
  const age = Number(draft.age.trim().replace(',', '.'));
  const isAge = draft.age.trim() === '' || (age >= 0 && age <= OLDEST_YEARS);
  const isDateAlone = draft.histologyOn !== '' && isEmpty(draft.histology);
  return {
    ...(isAge ? {} : { age: `"${draft.age.trim()}" is no age in years, 0 to ${OLDEST_YEARS}.` }),
    ...(isDateAlone
      ? { histology: 'A date alone says nothing: choose a class, write words, or clear the date.' }
      : {}),
  };
}

/** @param draft without problems */
export function detailsOf(draft: CaseDraft): TypedDetails {
  const age = draft.age.trim().replace(',', '.');
  const { histology } = draft;
  return {
    ageYears: age === '' ? null : Number(age),
    sex: draft.sex || null,
    site: draft.site.trim() || null,
    diagnosis: findingOf(draft.diagnosis),
    histology: isEmpty(histology)
      ? null
      : { ...findingOf(histology)!, reportedOn: draft.histologyOn || null },
    notes: draft.notes.trim(),
  };
}

/** What is not as it was kept; empty: nothing. */
export function changesOf(draft: CaseDraft, kept: TypedDetails): CaseChange {
  const now = detailsOf(draft);
  const before = detailsOf(draftOf(kept));
  const keys = (Object.keys(now) as (keyof TypedDetails)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]),
  );
  return Object.fromEntries(keys.map((key) => [key, now[key]]));
}

/**
 * What was typed, over what is kept now: fields that nobody has touched here are as they are now kept. What is typed and wrong so far stays, too.
 * @returns with it the fields that were changed both here and elsewhere
 */
export function overNow(
  draft: CaseDraft,
  before: TypedDetails,
  now: TypedDetails,
): { draft: CaseDraft; clashing: (keyof TypedDetails)[] } {
  const typed = changesOf(draft, before);
  const elsewhere = changesOf(draftOf(now), before);
  const still = changesOf(draft, now);
  const wrong = problemsOf(draft);
  const fields: Readonly<Record<keyof TypedDetails, readonly (keyof CaseDraft)[]>> = {
    ageYears: ['age'],
    sex: ['sex'],
    site: ['site'],
    diagnosis: ['diagnosis'],
    histology: ['histology', 'histologyOn'],
    notes: ['notes'],
  };
  const keys = (Object.keys(fields) as (keyof TypedDetails)[]).filter(
    (key) => key in typed || fields[key].some((field) => field in wrong),
  );
  const kept = keys.flatMap((key) => fields[key].map((field) => [field, draft[field]] as const));
  return {
    draft: { ...draftOf(now), ...Object.fromEntries(kept) },
    clashing: keys.filter((key) => key in elsewhere && key in still),
  };
}

const isEmpty = ({ code, text }: FindingDraft): boolean => code === '' && text.trim() === '';

function findingOf(draft: FindingDraft): { code: string | null; text: string } | null {
  return isEmpty(draft) ? null : { code: draft.code || null, text: draft.text.trim() };
}
