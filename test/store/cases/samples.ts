/** A case store in a folder of its own, and what to keep in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CaseDetails, NO_DETAILS } from '../../../src-main/contract/schema/case.ts';
import { ClinicalAnswer } from '../../../src-main/contract/schema/clinical-answer.ts';
import type { NewPicture } from '../../../src-main/store/cases/case-documents.ts';
import { CaseStore } from '../../../src-main/store/cases/case-store.ts';
import { openCaseDatabase } from '../../../src-main/store/cases/open.ts';
import { temporaryFolder } from '../temporary.ts';
import { LOW_COST, PASSPHRASE } from './constants.ts';

export { LOW_COST, PASSPHRASE };

export interface OpenedStore {
  readonly store: CaseStore;
  readonly folder: string;
  readonly file: string;
  close(): void;
}

export function openStore(
  folder = temporaryFolder(),
  { now = () => new Date('2026-03-04T05:06:07.000Z') } = {},
): OpenedStore {
  const file = join(folder, 'cases.sqlite');
  const store = new CaseStore(openCaseDatabase(file), { now, systemUser: 'clinician', scryptCost: LOW_COST });
  let open = true;
  const close = () => {
    if (open) store.close();
    open = false;
  };
  onTestFinished(close);
  return { store, folder, file, close };
}

const CLASSES = [
  { code: 'mel', name: 'Melanoma', malignant: true },
  { code: 'nv', name: 'Melanocytic nevi', malignant: false },
];

/** @param melanoma its calibrated probability */
export function sampleAnswer(melanoma = 0.2, overrides: Partial<ClinicalAnswer> = {}): ClinicalAnswer {
  const unknown = { value: 0.9, low: 0.8, high: 0.97 };
  return ClinicalAnswer.parse({
    formatVersion: 1,
    answeredAt: '2026-03-04T05:00:00.000Z',
    model: { name: 'Default', version: '1', hash: 'ab'.repeat(32) },
    classes: CLASSES,
    probabilities: [melanoma, 1 - melanoma],
    predictionSet: {
      level: 0.9,
      members: [
        { isIncluded: melanoma > 0.1, kind: 'marginal', onTest: { covered: 60, lesions: 66 } },
        { isIncluded: true, kind: 'class-conditional', onTest: { covered: 400, lesions: 440 } },
      ],
    },
    operating: [
      {
        question: 'malignant',
        share: melanoma,
        threshold: 0.3,
        isPositive: melanoma >= 0.3,
        targetSensitivity: 0.95,
        sensitivityOnTest: unknown,
        specificityOnTest: unknown,
      },
    ],
    outOfDistribution: { method: 'energy', value: 1.5, limit: 3, isOutside: false },
    quality: [],
    agreement: { views: 8, mean: [melanoma, 1 - melanoma], spread: [0.01, 0.01], agreeing: 8 },
    similarByClass: [3, 7],
    heatMaps: null,
    isWithheld: false,
    warnings: [],
    ...overrides,
  });
}

export function samplePicture(content = 'pixels', overrides: Partial<NewPicture> = {}): NewPicture {
  return {
    content: Buffer.from(content),
    takenOn: '2026-03-01',
    mediaType: 'image/png',
    widthPx: 8,
    heightPx: 8,
    answer: sampleAnswer(),
    ...overrides,
  };
}

export const details = (overrides: Partial<CaseDetails> = {}): CaseDetails => ({
  ...NO_DETAILS,
  ...overrides,
});

/** Every byte of every file in a folder, by path. */
export function filesIn(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path)];
    }),
  );
}

/** The files in which some bytes lie. */
export function filesWith(folder: string, bytes: string | Buffer): string[] {
  return [...filesIn(folder)].filter(([, content]) => content.includes(bytes)).map(([path]) => path);
}
