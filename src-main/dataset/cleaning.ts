/**
 * The published cleaning, each rule a switch, applied per run to a manifest's images. Pure.
 * Rules look only at the columns that the dataset has. An image without a lesion id is a lesion of its own, so it
 * is not dropped for that.
 */
import type {
  CleaningReport,
  CleaningRules,
  DatasetImage,
  DatasetManifest,
} from '../contract/schema/dataset.ts';

type PatientColumn = DatasetManifest['columns'][number];

const CELL: Record<PatientColumn, (image: DatasetImage) => string | number | null> = {
  age: (image) => image.ageYears,
  sex: (image) => image.sex,
  site: (image) => image.site,
  'dx-type': (image) => image.dxType,
  lesion: (image) => image.lesionId,
};

/** In the order in which they are applied. */
const RULES: Record<keyof CleaningRules, (cell: string | number | null, column: PatientColumn) => boolean> = {
  dropMissing: (cell) => cell === null,
  dropAgeZero: (cell, column) => column === 'age' && cell === 0,
  dropUnknown: (cell) => typeof cell === 'string' && cell.toLowerCase() === 'unknown',
};

/** The images that the rules keep, in their order, and how many each rule removed (the first that applies counts). */
export function cleanImages(
  manifest: DatasetManifest,
  rules: CleaningRules,
): { images: DatasetImage[]; report: CleaningReport } {
  const active = (Object.keys(RULES) as (keyof CleaningRules)[]).filter((rule) => rules[rule]);
  const removedBy: Record<string, number> = Object.fromEntries(active.map((rule) => [rule, 0]));
  const images = manifest.images.filter((image) => {
    const rule = active.find((name) =>
      manifest.columns.some((column) => RULES[name](CELL[column](image), column)),
    );
    if (rule !== undefined) removedBy[rule]! += 1;
    return rule === undefined;
  });
  const { dropMissing, dropAgeZero, dropUnknown } = rules;
  return {
    images,
    report: {
      rules: { dropMissing, dropAgeZero, dropUnknown },
      rowsRead: manifest.images.length,
      removedBy,
      rowsKept: images.length,
    },
  };
}
