/** The queue of runs, and what a person asks of the one that trains. Pure (zod only). */
import { z } from 'zod';
import { TrainingProgress } from './run.ts';

const runId = z.number().int().positive();

/**
 * What a training is to do at its next opportunity: wait between two steps, its process kept; and once the present epoch is
 * over `stop` (it can be resumed) or go on to the `report` with the epochs that it has.
 */
export const Steering = z.object({
  paused: z.boolean(),
  afterEpoch: z.enum(['go-on', 'stop', 'report']),
});
export type Steering = z.infer<typeof Steering>;

export const QueueState = z.object({
  /** The run that trains in this process; it has paused once its progress says so. */
  active: z.object({ id: runId, steering: Steering, progress: TrainingProgress.nullable() }).nullable(),
  /** Runs that follow by themselves, the next one first. */
  waiting: z.array(runId),
  /** Runs that an earlier session left waiting: they start when a person says so. */
  held: z.array(runId),
});
export type QueueState = z.infer<typeof QueueState>;
