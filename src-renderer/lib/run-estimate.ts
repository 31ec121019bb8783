/** How long a run will take and what memory it needs, from a speed that was measured: never a guess. Pure. */
import type { RunSpeed } from '../../src-main/contract/schema/experiment.ts';
import type { DatasetCheck } from '../../src-main/contract/schema/job.ts';

export interface RunEstimate {
  readonly epochMs: number;
  readonly totalMs: number;
  readonly residentBytes: number | null;
  /** What comes on top of these times, since nothing is known of its speed. */
  readonly missing: readonly string[];
}

/** @returns null for a split without images to train on */
export function estimateRun(
  speed: RunSpeed,
  parts: DatasetCheck['parts'],
  epochs: number,
): RunEstimate | null {
  const images = (name: string) => parts.find(({ part }) => part === name)?.images ?? 0;
  const train = images('train');
  if (train === 0) return null;
  const all = parts.reduce((sum, part) => sum + part.images, 0);
  const predictMs = speed.predictMsPerImage ?? 0;
  const epochMs =
    speed.wholeMsPerImage === null
      ? (train / speed.imagesPerSecond) * 1000 + images('validation') * predictMs
      : train * speed.wholeMsPerImage;
  return {
    epochMs,
    totalMs: train * (speed.prepareMsPerImage ?? 0) + epochs * epochMs + all * predictMs,
    residentBytes: speed.residentBytes,
    missing: [
      ...(speed.prepareMsPerImage === null
        ? ['what the frozen layers compute once, before the first epoch']
        : []),
      ...(speed.wholeMsPerImage === null && speed.predictMsPerImage === null ? ['validation'] : []),
    ],
  };
}

/** "On top: validation.", or nothing. */
export function missingWords({ missing }: RunEstimate): string {
  return missing.length === 0 ? '' : `On top: ${missing.join('; ')}.`;
}

/** From where the figures are: "from runs 7 and 5, with the same …". */
export function sourceWords({ source, runIds }: Pick<RunSpeed, 'source' | 'runIds'>): string {
  if (source === 'measured') return 'from a few steps that were trained just now on this machine';
  const named =
    runIds.length === 1 ? `run ${runIds[0]}` : `runs ${runIds.slice(0, -1).join(', ')} and ${runIds.at(-1)}`;
  return `from ${named} of the same model, image size, batch, trained layers and device`;
}
