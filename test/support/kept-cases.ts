/** Kept cases as a clinic would have them, put into the store of a data folder: drawn lesions, seven classes, answers that differ. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NO_DETAILS } from '../../src-main/contract/schema/case.ts';
import { ClinicalAnswer } from '../../src-main/contract/schema/clinical-answer.ts';
import { CaseStore } from '../../src-main/store/cases/case-store.ts';
import { openCaseDatabase } from '../../src-main/store/cases/open.ts';
import { asSharp, drawnPixels } from '../dataset/pictures.ts';
import { LOW_COST } from '../store/cases/constants.ts';

export const SEVEN_CLASSES = [
  { code: 'akiec', name: 'Actinic keratoses and intraepithelial carcinoma', malignant: true },
  { code: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  { code: 'bkl', name: 'Benign keratosis-like lesions', malignant: false },
  { code: 'df', name: 'Dermatofibroma', malignant: false },
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
  { code: 'vasc', name: 'Vascular lesions', malignant: false },
] as const;

const ON_TEST = [66, 102, 218, 24, 222, 1340, 28];
const SIDE = 7;
const [WIDTH_PX, HEIGHT_PX] = [600, 450];
/** Drawing takes longer than enlarging. */
const DRAWN_PX = 160;

/** @param likely the class with most of the probability @param share of it */
export function clinicalAnswer(
  likely: string,
  share: number,
  overrides: Partial<ClinicalAnswer> = {},
): ClinicalAnswer {
  const place = SEVEN_CLASSES.findIndex(({ code }) => code === likely);
  const second = (place + 1) % SEVEN_CLASSES.length;
  const probabilities = SEVEN_CLASSES.map((_, index) =>
    index === place ? share : index === second ? (1 - share) * 0.7 : ((1 - share) * 0.3) / 5,
  );
  const malignant = SEVEN_CLASSES.reduce(
    (sum, info, index) => (info.malignant ? sum + probabilities[index]! : sum),
    0,
  );
  const operating = (question: 'malignant' | 'melanoma', value: number, threshold: number) => ({
    question,
    share: value,
    threshold,
    isPositive: value >= threshold,
    targetSensitivity: question === 'malignant' ? 0.95 : 0.9,
    sensitivityOnTest: { value: 0.941, low: 0.909, high: 0.964 },
    specificityOnTest: { value: 0.612, low: 0.589, high: 0.635 },
  });
  return ClinicalAnswer.parse({
    formatVersion: 1,
    answeredAt: '2026-03-04T05:00:00.000Z',
    model: { name: 'HAM10000 by lesion', version: '1.0.0', hash: '3f2a'.repeat(16) },
    classes: SEVEN_CLASSES,
    probabilities,
    predictionSet: {
      level: 0.9,
      members: ON_TEST.map((lesions, index) => ({
        isIncluded: probabilities[index]! > 0.1,
        kind: lesions < 50 ? 'marginal' : 'class-conditional',
        onTest: { covered: Math.round(lesions * 0.91), lesions },
      })),
    },
    operating: [operating('malignant', malignant, 0.214), operating('melanoma', probabilities[4]!, 0.093)],
    outOfDistribution: { method: 'feature-distance', value: 41.2, limit: 63.5, isOutside: false },
    quality: [],
    agreement: {
      views: 8,
      mean: probabilities,
      spread: probabilities.map((value) => value / 12),
      agreeing: 7,
    },
    similarByClass: SEVEN_CLASSES.map((_, index) => (index === place ? 7 : index === second ? 3 : 0)),
    heatMaps: SEVEN_CLASSES.map((_, index) => ({
      height: SIDE,
      width: SIDE,
      values: Array.from({ length: SIDE * SIDE }, (_unused, cell) => {
        const [x, y] = [cell % SIDE, Math.floor(cell / SIDE)];
        return Math.max(0, 1 - Math.hypot(x - 3 - (index - 3) / 3, y - 3) / 3);
      }),
    })),
    isWithheld: false,
    warnings: [],
    ...overrides,
  });
}

/** An answer that is none: the picture shows no skin. */
export function withheldAnswer(): ClinicalAnswer {
  const message = 'This does not look like a close-up of skin.';
  const answer = clinicalAnswer('nv', 0.6);
  return clinicalAnswer('nv', 0.6, {
    isWithheld: true,
    operating: [],
    heatMaps: null,
    predictionSet: {
      level: 0.9,
      members: answer.predictionSet.members.map((member) => ({ ...member, isIncluded: true })),
    },
    quality: [{ kind: 'not-a-close-up', value: 0.2, limit: 0.5, message }],
    warnings: [message],
  });
}

type Told = readonly [model: string, share: number, clinician: string | null, histology: string | null];

/** Model, clinician and histology of each; some are told by nobody yet. */
const TOLD: readonly Told[] = [
  ['nv', 0.91, 'nv', null],
  ['mel', 0.62, 'mel', 'mel'],
  ['mel', 0.44, 'nv', 'nv'],
  ['bcc', 0.81, 'bcc', 'bcc'],
  ['nv', 0.74, 'mel', 'mel'],
  ['bkl', 0.58, 'bkl', 'bkl'],
  ['nv', 0.95, 'nv', 'nv'],
  ['akiec', 0.51, 'bcc', 'akiec'],
  ['nv', 0.88, 'nv', 'nv'],
  ['df', 0.66, 'df', null],
  ['mel', 0.71, 'mel', 'mel'],
  ['nv', 0.69, 'nv', 'nv'],
  ['vasc', 0.93, 'vasc', null],
  ['bcc', 0.77, 'bcc', 'bcc'],
  ['nv', 0.83, 'nv', 'nv'],
  ['bkl', 0.49, 'mel', 'bkl'],
];
const SITES = ['back', 'lower extremity', 'face', 'trunk', 'scalp'];

/** @returns ids, in the order in which they were kept; the second has three pictures, the last one has no answer */
export async function keepCases(dataFolder: string): Promise<string[]> {
  mkdirSync(dataFolder, { recursive: true });
  let hours = 0;
  const store = new CaseStore(openCaseDatabase(join(dataFolder, 'cases.sqlite')), {
    now: () => new Date(Date.UTC(2026, 2, 4, hours++)),
    systemUser: 'clinician',
    scryptCost: LOW_COST,
  });
  const picture = async (drawn: string, seed: number, takenOn: string, answer: ClinicalAnswer) => ({
    content: await asSharp(
      drawnPixels(seed, DRAWN_PX, (DRAWN_PX * 3) / 4, drawn),
      DRAWN_PX,
      (DRAWN_PX * 3) / 4,
    )
      .resize(WIDTH_PX, HEIGHT_PX)
      .jpeg()
      .toBuffer(),
    takenOn,
    mediaType: 'image/jpeg' as const,
    widthPx: WIDTH_PX,
    heightPx: HEIGHT_PX,
    answer,
  });
  const finding = (code: string | null) => (code === null ? null : { code, text: '' });
  const ids: string[] = [];
  for (const [index, [model, share, clinician, histology]] of TOLD.entries()) {
    const warnings = index % 5 === 2 ? ['The picture is blurred: its edges are softer than in most.'] : [];
    const kept = store.keep(
      {
        ...NO_DETAILS,
        ageYears: 31 + 3 * index,
        sex: index % 2 === 0 ? 'female' : 'male',
        site: SITES[index % SITES.length]!,
        diagnosis: finding(clinician),
        histology: histology === null ? null : { code: histology, text: '', reportedOn: '2026-03-20' },
        notes: index === 1 ? 'Changed within a year, says the patient.\nIrregular border, two colours.' : '',
        patient: index === 3 ? { PatientName: 'Zenobia Quillfeather', PatientID: 'PX-4711' } : null,
      },
      await picture(model, index, '2026-01-12', clinicalAnswer(model, share, { warnings })),
    );
    ids.push(kept.id);
  }
  store.addImage(ids[1]!, await picture('mel', 1, '2026-04-20', clinicalAnswer('mel', 0.71)));
  store.addImage(ids[1]!, await picture('mel', 1, '2026-07-02', clinicalAnswer('mel', 0.83)));
  ids.push(store.keep(NO_DETAILS, await picture('vasc', 200, '2026-02-01', withheldAnswer())).id);
  store.close();
  return ids;
}
