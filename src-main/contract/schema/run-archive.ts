/**
 * A file that carries runs between machines: a zip archive with `manifest.json`, its hash, `runs/N/run.json`, the runs' files
 * under `runs/N/files/` and `datasets/HASH.json`. Pure (zod only).
 */
import { z } from 'zod';
import { ArchivedFile } from './archive.ts';
import { DatasetManifest, DatasetSummary, Split } from './dataset.ts';
import { EvaluationReport } from './evaluation.ts';
import { PartPredictions } from './job.ts';
import { Artifact, EpochRecord, RunRecord } from './run.ts';

export const ARCHIVE_FORMAT = 'lesion-lab-runs';
export const ARCHIVE_VERSION = 1;

const uid = z.string().regex(/^[0-9a-f-]{32,36}$/);

/** What every version begins with: enough to tell a newer one. */
export const ArchiveHead = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  formatVersion: z.number().int().positive(),
});

export const ArchiveManifest = ArchiveHead.extend({
  formatVersion: z.literal(ARCHIVE_VERSION),
  appVersion: z.string(),
  createdAt: z.string(),
  /** The first lies in `runs/1`. */
  runs: z.array(z.object({ uid, name: z.string() })).min(1),
  /** All but the manifest and its seal. */
  files: z.array(ArchivedFile),
});
export type ArchiveManifest = z.infer<typeof ArchiveManifest>;

export const ArchivedRun = z.object({
  uid,
  run: RunRecord,
  dataset: DatasetSummary,
  epochs: z.array(EpochRecord),
  split: Split.nullable(),
  artifacts: z.array(Artifact),
  evaluations: z.array(
    z.object({
      source: z.enum(['training', 'external']),
      datasetHash: z.string(),
      createdAt: z.string(),
      report: EvaluationReport,
      predictions: z.array(PartPredictions),
    }),
  ),
});
export type ArchivedRun = z.infer<typeof ArchivedRun>;

/** A dataset without its pictures, its place on the disk and what is known of patients. */
export const ArchivedDataset = DatasetManifest.extend({ root: z.literal('') });
export type ArchivedDataset = z.infer<typeof ArchivedDataset>;
