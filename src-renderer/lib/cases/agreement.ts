/** How far model, clinician and histology agree over kept cases, ready to be shown: figures only where there are cases enough. Pure. */
import type { AgreementInput } from '../../../src-main/contract/schema/case.ts';
import type { ClassInfo } from '../../../src-main/contract/schema/dataset.ts';
import type { Estimate } from '../../../src-main/contract/schema/evaluation.ts';
import {
  caseAgreement,
  type PairAgreement,
  type RatedCase,
  type Rater,
} from '../../../src-main/numerics/agreement.ts';
import { clopperPearson } from '../../../src-main/numerics/significance.ts';

/** With fewer cases a kappa or a share says next to nothing. */
export const LEAST_CASES = 10;
/** Below it the interval of kappa, an approximation for many cases, is rough. */
const ROUGH_BELOW = 30;

export interface ShownPair extends PairAgreement {
  readonly title: string;
  /** Why there is no kappa, or what to think of it; empty: nothing. */
  readonly note: string;
  /** Ids of the cases by [class of the first][class of the second]. */
  readonly ids: readonly (readonly (readonly string[])[])[];
}

export interface ShownRate {
  readonly rater: string;
  readonly name: 'sensitivity' | 'specificity';
  /** "9 of 12 malignant lesions" */
  readonly counted: string;
  /** Null with too few cases. */
  readonly estimate: Estimate | null;
}

export interface ShownAgreement {
  readonly classes: ClassInfo[];
  readonly cases: number;
  readonly pairs: readonly ShownPair[];
  readonly rates: readonly ShownRate[];
  /** What must be known of all of it. */
  readonly notes: readonly string[];
}

const NAMES: Readonly<Record<Rater, string>> = {
  clinician: 'Clinician',
  model: 'Model',
  histology: 'Histology',
};

export function shownAgreement({ classes, rows }: AgreementInput): ShownAgreement {
  const index = new Map(classes.map(({ code }, place) => [code, place]));
  const place = (code: string | null) => (code === null ? null : (index.get(code) ?? null));
  const rated = rows.map((row) => ({
    id: row.id,
    clinician: place(row.clinician),
    model: place(row.predicted),
    histology: place(row.histology),
  }));
  const malignant = classes.map((info) => info.malignant);
  const { pairs, malignancy } = caseAgreement(rated, malignant);
  const rates = malignancy.flatMap((rates) => [
    shownRate(NAMES[rates.rater], 'sensitivity', rates.malignantFound, rates.malignant),
    shownRate(NAMES[rates.rater], 'specificity', rates.benignFound, rates.benign),
  ]);
  return {
    classes,
    cases: rows.length,
    // Histology before what is measured against it.
    pairs: [pairs[1]!, pairs[2]!, pairs[0]!].map((pair) => shownPair(pair, rated, classes.length)),
    rates: [...rates, ...atOperatingPoint({ rows, histology: rated.map((one) => one.histology), malignant })],
    notes: notesOf({ classes, rows }),
  };
}

function shownPair(
  pair: PairAgreement,
  rated: readonly (RatedCase & { readonly id: string })[],
  classCount: number,
): ShownPair {
  const { first, second, cases, kappa } = pair;
  const ids = Array.from({ length: classCount }, (_, row) =>
    Array.from({ length: classCount }, (_unused, column) =>
      rated.filter((one) => one[first] === row && one[second] === column).map(({ id }) => id),
    ),
  );
  return {
    ...pair,
    ids,
    title: `${NAMES[first]} and ${NAMES[second].toLowerCase()}`,
    note: noteOf(cases, kappa.value),
  };
}

function noteOf(cases: number, kappa: number | null): string {
  if (cases === 0) return 'No case has both.';
  if (cases < LEAST_CASES) {
    return `${cases === 1 ? '1 case has' : `${cases} cases have`} both: too few for a kappa, which is given from ${LEAST_CASES} on.`;
  }
  if (kappa === null) return 'Both always gave the same one class: agreement beyond chance cannot be told.';
  return cases < ROUGH_BELOW ? `With fewer than ${ROUGH_BELOW} cases the interval is rough.` : '';
}

function shownRate(rater: string, name: ShownRate['name'], found: number, all: number): ShownRate {
  const what = name === 'sensitivity' ? 'malignant' : 'benign';
  return {
    rater,
    name,
    counted: all === 0 ? `no ${what} lesion by histology` : `${found} of ${all} ${what} by histology`,
    estimate: all < LEAST_CASES ? null : clopperPearson(found, all),
  };
}

/** The malignant share against its operating point, in place of the most probable class. */
function atOperatingPoint({
  rows,
  histology,
  malignant,
}: {
  readonly rows: AgreementInput['rows'];
  readonly histology: readonly (number | null)[];
  readonly malignant: readonly (boolean | null)[];
}): ShownRate[] {
  const judged = rows.flatMap(({ isMalignantPositive }, index) => {
    const truth = histology[index] ?? null;
    if (truth === null || isMalignantPositive === null) return [];
    return [{ isMalignant: malignant[truth] ?? null, isPositive: isMalignantPositive }];
  });
  const [bad, good] = [true, false].map((kind) => judged.filter(({ isMalignant }) => isMalignant === kind));
  const name = 'Model, at its operating point';
  return [
    shownRate(name, 'sensitivity', bad!.filter(({ isPositive }) => isPositive).length, bad!.length),
    shownRate(name, 'specificity', good!.filter(({ isPositive }) => !isPositive).length, good!.length),
  ];
}

function notesOf({ classes, rows }: AgreementInput): string[] {
  const models = new Map(rows.map(({ model }) => [model.hash, `${model.name} ${model.version}`]));
  const withheld = rows.filter(({ predicted }) => predicted === null).length;
  const known = new Set(classes.map(({ code }) => code));
  const unmarked = classes.filter(({ malignant }) => malignant === null);
  const foreign = rows.filter(({ clinician, histology }) =>
    [clinician, histology].some((code) => code !== null && !known.has(code)),
  ).length;
  return [
    ...(models.size > 1
      ? [`Answers of ${models.size} models are counted together: ${[...models.values()].join(', ')}.`]
      : []),
    ...(withheld > 0
      ? [
          `${withheld === 1 ? '1 case' : `${withheld} cases`} without an answer of the model: the picture was not fit for one.`,
        ]
      : []),
    ...(foreign > 0 ? [`${foreign} with a class that no model here has; it counts as none.`] : []),
    ...(unmarked.length > 0
      ? [
          `Nobody has said whether ${unmarked.map(({ code }) => code).join(', ')} is malignant: cases of such a class are in no sensitivity or specificity.`,
        ]
      : []),
    'Each case counts once, by its latest picture; findings in words alone are not counted.',
    'Kept cases are no random sample of patients, least of all those with histology: these figures do not say how anybody does in practice.',
  ];
}
