/** What a dataset is once imported: its classes, images, cleaning report and problems. Pure (zod only). */
import { z } from 'zod';

/** One diagnosis. `malignant` is null where nobody has said; what needs it is then off. */
export const ClassInfo = z.object({
  code: z.string().min(1),
  name: z.string().min(1),
  malignant: z.boolean().nullable(),
});
export type ClassInfo = z.infer<typeof ClassInfo>;

/**
 * One readable image of the import. Patient fields are as the table has them: an empty cell is null, the word
 * `unknown` stays, so that the cleaning rules of a run can tell them apart.
 */
export const DatasetImage = z.object({
  imageId: z.string().min(1),
  /** Path relative to the dataset's root, with forward slashes. */
  path: z.string().min(1),
  /** Index into the dataset's `classes`. */
  classIndex: z.number().int().nonnegative(),
  /** Images of one lesion share this; a folder dataset without lesions uses the image id. */
  lesionId: z.string().min(1),
  ageYears: z.number().nonnegative().nullable(),
  sex: z.string().nullable(),
  site: z.string().nullable(),
  dxType: z.string().nullable(),
  /** Pixels as stored in the file, after EXIF orientation. */
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  /** SHA-256 of the file's bytes, hexadecimal: the key of every cache. */
  contentHash: z.string().length(64),
  /** 64-bit difference hash of the picture, hexadecimal, for near-duplicates. */
  perceptualHash: z.string().length(16),
});
export type DatasetImage = z.infer<typeof DatasetImage>;

export const PROBLEM_KINDS = [
  'row-without-image',
  'image-without-row',
  'unreadable-image',
  'duplicate-row',
  'unknown-diagnosis',
  'exact-duplicate',
  'near-duplicate',
  'lesion-with-two-diagnoses',
  'empty-class',
] as const;

/** Something found at import. Listed and exportable; never fatal, never silent. */
export const DatasetProblem = z.object({
  kind: z.enum(PROBLEM_KINDS),
  imageIds: z.array(z.string()),
  message: z.string(),
});
export type DatasetProblem = z.infer<typeof DatasetProblem>;

/** The published cleaning rules, each a switch, in the order in which they are applied. */
export const CleaningRules = z.object({
  dropMissing: z.boolean().default(true).describe('drop rows with an empty cell'),
  dropAgeZero: z.boolean().default(true).describe('drop rows with age 0'),
  dropUnknown: z.boolean().default(true).describe('drop rows with "unknown" in any column'),
});
export type CleaningRules = z.infer<typeof CleaningRules>;

/** Rows before and after, and how many each rule removed (a row counts for the first rule that removes it). */
export const CleaningReport = z.object({
  rules: CleaningRules,
  rowsRead: z.number().int().nonnegative(),
  removedBy: z.record(z.string(), z.number().int().nonnegative()),
  rowsKept: z.number().int().nonnegative(),
});
export type CleaningReport = z.infer<typeof CleaningReport>;

export const DatasetManifest = z.object({
  formatVersion: z.literal(1),
  name: z.string().min(1),
  /** Absolute folder that `images[].path` is relative to. */
  root: z.string().min(1),
  /** The layout that read it: `ham10000`, `folder-per-class`, … */
  layout: z.string().min(1),
  /** True for the drawn demo set: shown wherever a figure from it appears. */
  synthetic: z.boolean(),
  classes: z.array(ClassInfo).min(2),
  images: z.array(DatasetImage).min(1),
  /** Which patient columns the layout provides; cleaning rules look at these alone. */
  columns: z.array(z.enum(['age', 'sex', 'site', 'dx-type', 'lesion'])),
  problems: z.array(DatasetProblem),
  /** SHA-256 over every image id, content hash, class, lesion: changes when the data changes. */
  hash: z.string().length(64),
});
export type DatasetManifest = z.infer<typeof DatasetManifest>;

/** A row of the dataset list. */
export const DatasetSummary = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  root: z.string(),
  layout: z.string(),
  synthetic: z.boolean(),
  classes: z.array(ClassInfo),
  classCounts: z.array(z.number().int().nonnegative()),
  imageCount: z.number().int().nonnegative(),
  lesionCount: z.number().int().nonnegative(),
  problemCount: z.number().int().nonnegative(),
  hash: z.string(),
  importedAt: z.string(),
});
export type DatasetSummary = z.infer<typeof DatasetSummary>;

/** One column of words, each written once; -1 for an empty cell. */
export const WordColumn = z.object({
  words: z.array(z.string()),
  indices: z.array(z.number().int().min(-1)),
});
export type WordColumn = z.infer<typeof WordColumn>;

/** What a gallery shows and filters, a column each: tens of thousands of images cross a link in a blink. */
export const DatasetGallery = z.object({
  columns: DatasetManifest.shape.columns,
  imageIds: z.array(z.string()),
  /** Indices into the dataset's `classes`. */
  classIndices: z.array(z.number().int().nonnegative()),
  lesionIds: z.array(z.string()),
  agesYears: z.array(z.number().nonnegative().nullable()),
  sexes: WordColumn,
  sites: WordColumn,
  dxTypes: WordColumn,
});
export type DatasetGallery = z.infer<typeof DatasetGallery>;

export const SPLIT_PARTS = ['train', 'validation', 'calibration', 'test'] as const;
export type SplitPart = (typeof SPLIT_PARTS)[number];

/** Image ids per part. Stored with the run, so that it can be repeated exactly. */
export const Split = z.object({
  train: z.array(z.string()),
  validation: z.array(z.string()),
  calibration: z.array(z.string()),
  test: z.array(z.string()),
});
export type Split = z.infer<typeof Split>;
