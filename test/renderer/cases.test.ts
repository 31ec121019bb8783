import { describe, expect, test } from 'vitest';
import { NO_DETAILS } from '../../src-main/contract/schema/case.ts';
import { LEAST_CASES, shownAgreement } from '../../src-renderer/lib/cases/agreement.ts';
import { readAnchor, writeAnchor } from '../../src-renderer/lib/cases/audit-words.ts';
import { changesOf, detailsOf, draftOf, overNow, problemsOf } from '../../src-renderer/lib/cases/draft.ts';
import { classOptions, daysBetween, findingText, formatDay } from '../../src-renderer/lib/cases/words.ts';
import { readPlace } from '../../src-renderer/lib/place.ts';
import { usualPaper } from '../../src-renderer/lib/usual-paper.ts';
import { SEVEN_CLASSES } from '../support/kept-cases.ts';

const KEPT = {
  ...NO_DETAILS,
  ageYears: 61,
  sex: 'male',
  site: 'back, left',
  diagnosis: { code: 'nv', text: '' },
  histology: { code: 'mel', text: 'in situ', reportedOn: '2026-03-20' },
  notes: 'Changed.',
} as const;

describe('what is typed of a case', () => {
  test('stands over what another window saves meanwhile, and clashes where both changed one field', () => {
    const draft = { ...draftOf(KEPT), notes: 'Grown.' };
    const elsewhere = { ...KEPT, ageYears: 62, notes: 'Shrunk.' };
    expect(overNow(draft, KEPT, { ...KEPT, ageYears: 62 })).toEqual({
      draft: { ...draftOf(KEPT), age: '62', notes: 'Grown.' },
      clashing: [],
    });
    expect(overNow(draft, KEPT, elsewhere).clashing).toEqual(['notes']);
    expect(overNow(draft, KEPT, { ...KEPT, notes: 'Grown.' }).clashing).toEqual([]);
    expect(overNow(draftOf(KEPT), KEPT, elsewhere)).toEqual({ draft: draftOf(elsewhere), clashing: [] });
    const bare = { ...KEPT, ageYears: null, histology: null };
    const unfinished = { ...draftOf(bare), age: '6o', histologyOn: '2026-03-01' };
    expect(overNow(unfinished, bare, { ...bare, notes: 'Shrunk.' })).toEqual({
      draft: { ...unfinished, notes: 'Shrunk.' },
      clashing: [],
    });
  });

  test('begins as it is kept, and is no change then', () => {
    const { patient: _patient, ...typed } = KEPT;
    expect(detailsOf(draftOf(KEPT))).toEqual(typed);
    expect(changesOf(draftOf(KEPT), KEPT)).toEqual({});
    expect(changesOf({ ...draftOf(KEPT), site: ' back, left ' }, KEPT)).toEqual({});
  });

  test('is kept in what was changed alone; emptied fields say nothing', () => {
    const draft = { ...draftOf(KEPT), age: '', site: ' ', diagnosis: { code: '', text: ' Spitz ' } };
    expect(changesOf(draft, KEPT)).toEqual({
      ageYears: null,
      site: null,
      diagnosis: { code: null, text: 'Spitz' },
    });
    expect(changesOf({ ...draft, histology: { code: '', text: '' }, histologyOn: '' }, KEPT)).toMatchObject({
      histology: null,
    });
  });

  test('takes an age with a comma, and names one that is none', () => {
    expect(detailsOf({ ...draftOf(KEPT), age: '0,5' }).ageYears).toBe(0.5);
    expect(problemsOf({ ...draftOf(KEPT), age: 'old' }).age).toBe('"old" is no age in years, 0 to 120.');
    expect(problemsOf({ ...draftOf(KEPT), age: '121' }).age).toMatch(/"121"/);
    expect(problemsOf(draftOf(KEPT))).toEqual({});
  });

  test('needs more of a histology than its date', () => {
    const draft = { ...draftOf(NO_DETAILS), histologyOn: '2026-03-20' };
    expect(problemsOf(draft).histology).toMatch(/A date alone/);
    expect(problemsOf({ ...draft, histology: { code: '', text: 'in situ' } })).toEqual({});
  });
});

describe('words of cases', () => {
  test('name findings, days and the time between', () => {
    expect(findingText({ code: 'mel', text: 'in situ' })).toBe('mel: in situ');
    expect(findingText({ code: null, text: ' scar ' })).toBe('scar');
    expect(findingText(null)).toBe('');
    expect(formatDay('2026-03-01')).toBe('1 Mar 2026');
    expect(daysBetween('2026-01-12', '2026-04-20')).toBe(98);
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  });

  test('keep a class that was chosen when there were others', () => {
    const values = classOptions(SEVEN_CLASSES, 'scc').map(({ value }) => value);
    expect(values).toEqual(['', ...SEVEN_CLASSES.map(({ code }) => code), 'scc']);
    expect(classOptions(SEVEN_CLASSES, 'mel')).toHaveLength(8);
  });

  test('lead to one case and back to all', () => {
    expect(readPlace('#/cases')).toEqual({ screen: 'cases', caseId: null });
    expect(readPlace('#/cases?tab=privacy')).toEqual({ screen: 'cases', caseId: null });
    expect(readPlace('#/cases/7F4M-2XQW')).toEqual({ screen: 'cases', caseId: '7F4M-2XQW' });
    expect(readPlace('#/cases/7F4M')).toEqual({ screen: 'datasets' });
  });

  test('choose the paper that people use where they are', () => {
    expect(['en-US', 'en-CA', 'es-MX'].map(usualPaper)).toEqual(['letter', 'letter', 'letter']);
    expect(['en-GB', 'de', 'fr-FR', 'en'].map(usualPaper)).toEqual(['a4', 'a4', 'a4', 'a4']);
  });
});

test('a line of the audit list is noted so that it can be read again', () => {
  const anchor = { sequence: 120, hash: '3f2a'.repeat(16) };
  expect(readAnchor(` ${writeAnchor(anchor)}\n`)).toEqual(anchor);
  expect(readAnchor(`120: ${anchor.hash.toUpperCase()}`)).toEqual(anchor);
  for (const wrong of ['', '120', anchor.hash, `120 ${anchor.hash.slice(1)}`, `x ${anchor.hash}`]) {
    expect(readAnchor(wrong)).toBeNull();
  }
});

describe('the agreement over kept cases', () => {
  const model = { name: 'Default', version: '1', hash: 'ab'.repeat(32) };
  const row = (
    predicted: string | null,
    clinician: string | null,
    histology: string | null,
    more: { isMalignantPositive?: boolean | null; model?: typeof model } = {},
  ) => ({ id: '2345-CFGH', model, predicted, clinician, histology, isMalignantPositive: null, ...more });
  const input = (rows: ReturnType<typeof row>[]) => ({
    classes: SEVEN_CLASSES.map((info) => ({ ...info })),
    rows,
  });
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test('says with few cases that they are few, and counts them all the same', () => {
    const { pairs, rates, cases } = shownAgreement(
      input([row('mel', 'nv', 'mel'), row('nv', 'nv', 'nv'), row('nv', null, null)]),
    );
    expect(cases).toBe(3);
    expect(pairs.map(({ title, cases: both }) => [title, both])).toEqual([
      ['Histology and clinician', 2],
      ['Histology and model', 2],
      ['Clinician and model', 2],
    ]);
    expect(pairs[0]!.note).toBe('2 cases have both: too few for a kappa, which is given from 10 on.');
    expect(
      rates.slice(0, 4).map(({ rater, name, counted, estimate }) => [rater, name, counted, estimate]),
    ).toEqual([
      ['Clinician', 'sensitivity', '0 of 1 malignant by histology', null],
      ['Clinician', 'specificity', '1 of 1 benign by histology', null],
      ['Model', 'sensitivity', '1 of 1 malignant by histology', null],
      ['Model', 'specificity', '1 of 1 benign by histology', null],
    ]);
    expect(shownAgreement(input([])).pairs[0]!.note).toBe('No case has both.');
  });

  test('gives figures with their n where there are cases enough', () => {
    const rows = [
      ...times(9, row('mel', 'mel', 'mel')),
      row('nv', 'mel', 'mel'),
      ...times(10, row('nv', 'nv', 'nv')),
    ];
    const { pairs, rates } = shownAgreement(input(rows));
    // Cohen 1960: observed 0.95, expected 0.5 with marginals of one half and 0.45/0.55
    expect(pairs[1]!.kappa.value).toBeCloseTo(0.9, 10);
    expect(pairs[1]!.note).toMatch(/fewer than 30/);
    const sensitivity = rates.find(({ rater, name }) => rater === 'Model' && name === 'sensitivity')!;
    expect(sensitivity.counted).toBe('9 of 10 malignant by histology');
    // exact interval of 9 in 10 (R: binom.test(9, 10))
    expect(sensitivity.estimate!.low).toBeCloseTo(0.5549839, 6);
    expect(sensitivity.estimate!.high).toBeCloseTo(0.9974714, 6);
    expect(pairs[1]!.ids[4]![5]).toHaveLength(1);
  });

  test('judges the model also at its operating point, where it was asked', () => {
    const rows = [
      ...times(LEAST_CASES, row('nv', null, 'mel', { isMalignantPositive: true })),
      ...times(LEAST_CASES, row('nv', null, 'nv', { isMalignantPositive: false })),
    ];
    const rates = shownAgreement(input(rows)).rates.filter(({ rater }) => /operating point/.test(rater));
    expect(rates.map(({ name, estimate }) => [name, estimate?.value])).toEqual([
      ['sensitivity', 1],
      ['specificity', 1],
    ]);
    const byClass = shownAgreement(input(rows)).rates.find(
      ({ rater, name }) => rater === 'Model' && name === 'sensitivity',
    );
    expect(byClass!.estimate!.value).toBe(0);
  });

  test('counts no class as benign of which nobody has said what it is', () => {
    const classes = SEVEN_CLASSES.map((info) => (info.code === 'nv' ? { ...info, malignant: null } : info));
    const { rates, notes, pairs } = shownAgreement({
      ...input([
        row('mel', 'mel', 'mel', { isMalignantPositive: true }),
        row('nv', 'nv', 'mel', { isMalignantPositive: false }),
        row('nv', 'nv', 'nv', { isMalignantPositive: false }),
        row('df', 'df', 'df', { isMalignantPositive: false }),
      ]),
      classes,
    });
    expect(rates.map(({ counted }) => counted)).toEqual([
      ...['1 of 1 malignant by histology', '1 of 1 benign by histology'],
      ...['1 of 1 malignant by histology', '1 of 1 benign by histology'],
      ...['1 of 2 malignant by histology', '1 of 1 benign by histology'],
    ]);
    expect(pairs[0]!.cases).toBe(4);
    expect(notes.join(' ')).toMatch(
      /Nobody has said whether nv is malignant: cases of such a class are in no/,
    );
  });

  test('says what was counted together and what was not', () => {
    const other = { ...model, name: 'Other', hash: 'cd'.repeat(32) };
    const { notes } = shownAgreement(
      input([row('mel', null, null), row(null, 'scc', 'mel', { model: other })]),
    );
    expect(notes.join(' ')).toMatch(/Answers of 2 models are counted together: Default 1, Other 1\./);
    expect(notes.join(' ')).toMatch(/1 case without an answer of the model/);
    expect(notes.join(' ')).toMatch(/1 with a class that no model here has/);
    expect(notes.join(' ')).toMatch(/no random sample/);
  });
});
