/** What the app tells every window and terminal that is attached, without being asked. Pure (zod only). */
import { z } from 'zod';
import { DatasetSummary } from './schema/dataset.ts';
import { DatasetImport, ItemProgress } from './schema/job.ts';
import { QueueState } from './schema/queue.ts';
import { EpochRecord, RunRecord, TrainingProgress } from './schema/run.ts';
import { FailureMessage } from './wire.ts';

const runId = z.number().int().positive();

export const apiEvents = {
  'dataset.progress': ItemProgress.extend({ root: z.string() }),
  /** An import that goes on without its window has begun. */
  'dataset.import-started': DatasetImport,
  /** Such an import has ended: with a dataset, or with why there is none (`cancelled` among them). */
  'dataset.import-ended': z.object({
    root: z.string(),
    dataset: DatasetSummary.nullable(),
    /** False where the same content had been imported from there before. */
    created: z.boolean(),
    failure: FailureMessage.nullable(),
  }),
  /** The list of datasets, or one of them, is not what it was. */
  'dataset.changed': z.object({}),
  /** Pictures being decoded before the first step. */
  'run.preparing': ItemProgress.extend({ id: runId }),
  'run.progress': z.object({ id: runId, progress: TrainingProgress }),
  'run.epoch': z.object({ id: runId, epoch: EpochRecord }),
  /** Status, environment, warnings, figures or labels are not what they were. */
  'run.changed': z.object({ run: RunRecord }),
  'run.deleted': z.object({ id: runId }),
  /** How many bytes of how many are packed into, or unpacked from, a file of runs. */
  'run.carrying': ItemProgress,
  /** What trains here, what waits, and what the one that trains is asked to do. */
  'queue.changed': QueueState,
  'evaluate.progress': ItemProgress.extend({ id: runId }),
  /** Of a folder that is answered into this table; null: of pictures that a command names. */
  'classify.progress': ItemProgress.extend({ csv: z.string().nullable() }),
};
