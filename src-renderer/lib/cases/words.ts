/** Cases in words: findings, days. Pure. */
import type { CaseDetails, Finding } from '../../../src-main/contract/schema/case.ts';
import type { ClassInfo } from '../../../src-main/contract/schema/dataset.ts';

export const SEXES: readonly {
  readonly value: NonNullable<CaseDetails['sex']> | '';
  readonly label: string;
}[] = [
  { value: '', label: 'Not said' },
  { value: 'female', label: 'Female' },
  { value: 'male', label: 'Male' },
  { value: 'other', label: 'Other' },
];

/** Of HAM10000; any other word may be written. */
export const SITES = [
  'abdomen',
  'acral',
  'back',
  'chest',
  'ear',
  'face',
  'foot',
  'genital',
  'hand',
  'lower extremity',
  'neck',
  'scalp',
  'trunk',
  'upper extremity',
] as const;

/** "mel: in situ", "mel", "in situ"; empty where there is none. */
export function findingText(finding: Finding | null): string {
  return finding ? [finding.code, finding.text.trim()].filter(Boolean).join(': ') : '';
}

/** Classes to choose from, and the one that was chosen when there were others. */
export function classOptions(
  classes: readonly ClassInfo[],
  chosen: string,
): { readonly value: string; readonly label: string }[] {
  const known = classes.map(({ code, name }) => ({ value: code, label: `${code} – ${name}` }));
  const isKnown = chosen === '' || classes.some(({ code }) => code === chosen);
  return [
    { value: '', label: 'No class chosen' },
    ...known,
    ...(isKnown ? [] : [{ value: chosen, label: chosen }]),
  ];
}

/** The day here, "2026-03-01". */
export function dayOf(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

const written = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "2026-03-01" → "1 Mar 2026" */
export function formatDay(day: string): string {
  return written.format(new Date(`${day}T00:00:00Z`));
}

/** From one day to another one. */
export function daysBetween(first: string, second: string): number {
  return Math.round((Date.parse(`${second}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000);
}
