/** How far a run is, in a line of words and as a share. Pure. */
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import type { RunRecord, TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { formatCount, formatDuration, formatMoment } from './format.ts';

/** What is heard of a run while it trains; either may be null for a moment. */
export interface Activity {
  readonly progress: TrainingProgress | null;
  /** Images being read before the first step. */
  readonly preparing: ItemProgress | null;
}

const PHASES = {
  preparing: 'preparing',
  training: 'training',
  paused: 'paused',
  validating: 'validating',
  evaluating: 'testing the model',
  saving: 'saving',
} as const;

/** "Epoch 2 of 3 · training, step 5 of 9 · 122 images/s · 0:12 left" */
export function wordsOf({ progress, preparing }: Activity): string {
  if (preparing) return `Reading images: ${formatCount(preparing.done)} of ${formatCount(preparing.total)}`;
  if (!progress) return 'Starting …';
  const { phase, epoch, epochs, step, steps, imagesPerSecond, remainingMs } = progress;
  return [
    epoch > 0 ? `Epoch ${epoch} of ${epochs}` : null,
    phase === 'paused' ? PHASES.paused : null,
    phase === 'training' || phase === 'paused' ? `step ${step} of ${steps}` : PHASES[phase],
    imagesPerSecond === null ? null : `${formatCount(Math.round(imagesPerSecond))} images/s`,
    remainingMs === null ? null : `${formatDuration(remainingMs)} left`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** From 0 to 1; null while it cannot be told. */
export function shareOf({ progress, preparing }: Activity): number | null {
  if (preparing) return preparing.total > 0 ? preparing.done / preparing.total : null;
  if (!progress || progress.epoch === 0) return null;
  const { phase, epoch, epochs, step, steps } = progress;
  if (phase === 'evaluating' || phase === 'saving') return 1;
  const inEpoch = phase === 'training' || phase === 'paused' ? step / Math.max(1, steps) : 1;
  return Math.min(1, (epoch - 1 + inEpoch) / epochs);
}

/** "completed 24 Nov 2025, 20:10 after 3 of 3 epochs in 0:42" */
export function statusWords({ status, endedAt, epochsDone, config, trainingMs }: RunRecord): string {
  const when = endedAt ? ` ${formatMoment(endedAt)}` : '';
  const took = trainingMs === null ? '' : ` in ${formatDuration(trainingMs)}`;
  return `${status}${when} after ${epochsDone} of ${config.epochs} epochs${took}`;
}
