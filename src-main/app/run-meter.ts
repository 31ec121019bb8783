/** What a run takes, from what is heard of it: memory, and time from epoch to epoch. Runs in the host. */
import type { TrainingProgress } from '../contract/schema/run.ts';
import type { RunCosts } from '../store/run-costs.ts';

export interface RunMeter {
  progress(progress: TrainingProgress): void;
  /** An epoch has ended. Epochs that a resumed run tells again, and those with a pause, count for nothing. */
  epoch(): void;
  costs(): RunCosts;
}

export function createRunMeter(now: () => number = () => performance.now()): RunMeter {
  const epochsMs: number[] = [];
  let peakResidentBytes: number | null = null;
  let began: number | null = null;
  let hadPause = false;
  return {
    progress({ phase, residentBytes }) {
      peakResidentBytes = Math.max(peakResidentBytes ?? 0, residentBytes);
      if (phase === 'training') began ??= now();
      if (phase === 'paused') hadPause = true;
    },
    epoch() {
      if (began === null) return;
      if (!hadPause) epochsMs.push(now() - began);
      began = now();
      hadPause = false;
    },
    costs: () => ({
      peakResidentBytes,
      wholeEpochMs: epochsMs.sort((a, b) => a - b)[Math.floor(epochsMs.length / 2)] ?? null,
    }),
  };
}
