/** Which of the indexed cases a question means, and in which order. Pure; runs in the host. */
import type {
  AgreementInput,
  CaseFilter,
  CaseOpinion,
  CaseSort,
  Finding,
} from '../../contract/schema/case.ts';
import type { IndexedCase } from './case-documents.ts';

/** Sorted; equal ones by their id. */
export function selectCases(all: Iterable<IndexedCase>, filter: CaseFilter, sort: CaseSort): IndexedCase[] {
  const words = filter.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const chosen = [...all].filter((one) => passes(one, filter) && hasWords(one, words));
  const key = SORTED_BY[sort.by];
  const direction = sort.descending ? -1 : 1;
  return chosen.sort((a, b) => compare(key(a), key(b), direction) || (a.id < b.id ? -1 : 1));
}

export function agreementOf(cases: readonly IndexedCase[]): AgreementInput {
  const classes = new Map(cases.flatMap((one) => one.classes.map((each) => [each.code, each] as const)));
  return {
    classes: [...classes.values()],
    rows: cases.map((one) => ({
      id: one.id,
      model: one.model,
      isMalignantPositive: one.isMalignantPositive,
      predicted: codeBy(one, 'model'),
      clinician: codeBy(one, 'clinician'),
      histology: codeBy(one, 'histology'),
    })),
  };
}

function passes(one: IndexedCase, filter: CaseFilter): boolean {
  const { class: wanted, createdFrom, createdBefore, hasWarnings, hasHistology } = filter;
  return (
    (wanted === undefined || codeBy(one, wanted.by) === wanted.code) &&
    (createdFrom === undefined || one.createdAt >= createdFrom) &&
    (createdBefore === undefined || one.createdAt < createdBefore) &&
    (hasWarnings === undefined || one.warnings > 0 === hasWarnings) &&
    (hasHistology === undefined || (one.histology !== null) === hasHistology)
  );
}

function hasWords(one: IndexedCase, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [one.id, one.notes, ...wordsOf(one, one.diagnosis), ...wordsOf(one, one.histology)]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A class is found by its code and by its name. */
function wordsOf({ classes }: IndexedCase, finding: Finding | null): string[] {
  if (!finding) return [];
  const named = classes.find(({ code }) => code === finding.code);
  return [finding.text, finding.code ?? '', named?.name ?? ''];
}

function codeBy(one: IndexedCase, by: CaseOpinion): string | null {
  if (by === 'model') return one.isWithheld ? null : one.predicted.code;
  return (by === 'clinician' ? one.diagnosis : one.histology)?.code ?? null;
}

type Key = string | number | null;

const SORTED_BY: Readonly<Record<CaseSort['by'], (one: IndexedCase) => Key>> = {
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  latestOn: ({ latestOn }) => latestOn,
  id: ({ id }) => id,
  predicted: ({ predicted }) => predicted.code,
  probability: ({ probability }) => probability,
  malignantShare: ({ malignantShare }) => malignantShare,
  warnings: ({ warnings }) => warnings,
};

/** What there is none of goes last whichever way it is sorted. */
function compare(a: Key, b: Key, direction: 1 | -1): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -direction : direction;
}
