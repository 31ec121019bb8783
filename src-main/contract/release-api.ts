/**
 * Released models and what they answer: what a window or the command line asks, a part of api.ts. Pure (zod only).
 * A model is named by the SHA-256 of its file.
 */
import { z } from 'zod';
import { PatientFields } from './schema/case.ts';
import { ClinicalAnswer, PredictionSet } from './schema/clinical-answer.ts';
import { ItemProgress } from './schema/job.ts';
import { Release, ReleaseSignature, ReleaseSummary, ReleaseTargets, ReleaseText } from './schema/release.ts';

const nothing = z.object({});
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const byHash = z.object({ hash });
const path = z.string().min(1);
const count = z.number().int().nonnegative();
const id = z.number().int().positive();

/** A training image that is like the picture. */
export const SimilarImage = z.object({
  imageId: z.string(),
  /** Cosine of the angle between the features, -1..1. */
  similarity: z.number(),
  classIndex: count,
  /** By which a window looks at it; null: its file is not there. */
  asset: z.string().nullable(),
});
export type SimilarImage = z.infer<typeof SimilarImage>;

/** An answer with what is looked at beside it and not kept with a case. */
export const QuestionedAnswer = z.object({
  answer: ClinicalAnswer,
  /** The set at each level of the release, the answer's among them. */
  sets: z.array(PredictionSet),
  /** At most one image a lesion; null with a reason in `similarNote`. */
  similar: z.array(SimilarImage).nullable(),
  similarNote: z.string().nullable(),
  /** Of a DICOM file: what it says of the patient. Kept only when asked. */
  patient: PatientFields.nullable(),
  /** The picture as it can be shown, as data URL, where a browser cannot show the file itself (DICOM, TIFF); else null. */
  shown: z.string().nullable(),
  elapsedMs: z.number().nonnegative(),
});
export type QuestionedAnswer = z.infer<typeof QuestionedAnswer>;

export const FolderOutcome = z.object({
  /** Pictures in the folder, and those of them that this call answered, that an earlier one had answered, that cannot be read. */
  pictures: count,
  answered: count,
  earlier: count,
  unreadable: count,
  withWarnings: count,
  withheld: count,
  csv: path,
  elapsedMs: z.number().nonnegative(),
});
export type FolderOutcome = z.infer<typeof FolderOutcome>;

export const releaseProcedures = {
  'release.list': { input: nothing, output: z.array(ReleaseSummary) },
  'release.get': { input: byHash, output: z.object({ summary: ReleaseSummary, release: Release }) },
  /**
   * Releases a run's model: fits on its calibration part, measures on its test part, writes the model card and one file.
   * `sign`: with this workstation's key, which is made when it is first wanted. Progress: `release.progress`.
   * @throws AppError `conflict` (not completed, no calibration or test part, the dataset's images are not there), `bad-dataset`
   */
  'release.create': {
    input: z.object({
      runId: id,
      text: ReleaseText,
      targets: ReleaseTargets.prefault({}),
      sign: z.boolean().default(false),
    }),
    output: ReleaseSummary,
  },
  /** What a file says of itself and whether it is whole, before anything is taken from it. `path` may be the asset of an upload. */
  'release.inspect': {
    input: z.object({ path }),
    output: z.object({ summary: ReleaseSummary, release: Release, isKnown: z.boolean() }),
  },
  /** @throws AppError `corrupt`, `bad-input`, `newer-version`; nothing is kept then. One that is here already is that one. */
  'release.import': { input: z.object({ path }), output: ReleaseSummary },
  /** The file; `path` null: into the data folder, to be downloaded. */
  'release.export': {
    input: byHash.extend({ path: path.nullable() }),
    output: z.object({ path: path.nullable(), asset: z.string().nullable(), name: z.string(), bytes: count }),
  },
  /** @throws AppError `conflict` for one that came with the product */
  'release.delete': { input: byHash, output: z.null() },
  /** The model card, after Model Cards (Mitchell et al. 2019) and CLEAR Derm (Daneshjou et al. 2021). */
  'release.card': {
    input: byHash.extend({ format: z.enum(['html', 'markdown']) }),
    output: z.string(),
  },
  /** The key that this workstation signs with; null: none has been made. */
  'release.signer': { input: nothing, output: ReleaseSignature.nullable() },

  /**
   * Asks a released model about one picture: a path, or the asset of a picture that was held. A model stays loaded for the next
   * question. Tells the audit list. @throws AppError `bad-image` (DICOM among them), `not-found`
   */
  'classify.answer': {
    input: z.object({
      model: hash,
      picture: path,
      /** One of the release's levels. */
      level: z.number().gt(0).lt(1).default(0.9),
    }),
    output: QuestionedAnswer,
  },
  /** Lets go of held pictures that nobody looks at any more. */
  'classify.forget': { input: z.object({ pictures: z.array(path) }), output: z.null() },
  /** Loads a model, so that the first answer need not wait for it. */
  'classify.warm': { input: z.object({ model: hash }), output: z.null() },
  /**
   * Every picture of a folder and of those in it, into one CSV. A CSV of the same model that is there already is gone on with; what it
   * has is not asked again. Progress: `classify.progress`; when cancelled, what was answered is kept.
   * @throws AppError `conflict` when the CSV is another model's or no such file, `bad-input` without pictures
   */
  'classify.folder': {
    input: z.object({ model: hash, folder: path, csv: path, level: z.number().gt(0).lt(1).default(0.9) }),
    output: FolderOutcome,
  },
};

export const releaseEvents = {
  'release.progress': ItemProgress.extend({ runId: id }),
  /** The list of released models is not what it was. */
  'release.changed': nothing,
};
