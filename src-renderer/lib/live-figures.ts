/** What a run that trains has to say of itself, as terms and figures. Pure. */
import type { RunRecord, TrainingProgress } from '../../src-main/contract/schema/run.ts';
import { formatBytes, formatCount, formatDuration, formatFraction, NO_FIGURE } from './format.ts';

export interface Figure {
  readonly term: string;
  readonly value: string;
}

/** Loss and accuracies are those of the steps of this epoch so far, on the training part. */
export function liveFigures({ environment, config }: RunRecord, progress: TrainingProgress | null): Figure[] {
  const { loss = null, accuracy = null, balancedAccuracy = null } = progress ?? {};
  const rate = progress?.learningRate ?? null;
  const speed = progress?.imagesPerSecond ?? null;
  return [
    {
      term: 'Epoch',
      value: progress && progress.epoch > 0 ? `${progress.epoch} / ${config.epochs}` : `– / ${config.epochs}`,
    },
    {
      term: 'Step',
      value: progress && progress.steps > 0 ? `${progress.step} / ${progress.steps}` : NO_FIGURE,
    },
    { term: 'Time left', value: formatDuration(progress?.remainingMs ?? null) },
    { term: 'Images/s', value: speed === null ? NO_FIGURE : formatCount(Math.round(speed)) },
    { term: 'Learning rate', value: rate === null ? NO_FIGURE : String(Number(rate.toPrecision(3))) },
    { term: 'Train loss', value: formatFraction(loss) },
    { term: 'Train accuracy', value: formatFraction(accuracy) },
    { term: 'Train balanced', value: formatFraction(balancedAccuracy) },
    { term: 'Memory', value: progress ? formatBytes(progress.residentBytes) : NO_FIGURE },
    { term: 'Device', value: environment === null ? NO_FIGURE : deviceWords(environment) },
  ];
}

/** While a run validates or saves it tells no figure of a step: the last ones stay, so that nothing flickers. */
export function withLastFigures(
  progress: TrainingProgress,
  before: TrainingProgress | null,
): TrainingProgress {
  if (before === null || progress.phase === 'training' || progress.phase === 'preparing') return progress;
  const { step, steps } = progress.steps > 0 ? progress : before;
  return {
    ...progress,
    step,
    steps,
    loss: progress.loss ?? before.loss,
    accuracy: progress.accuracy ?? before.accuracy,
    balancedAccuracy: progress.balancedAccuracy ?? before.balancedAccuracy,
    learningRate: progress.learningRate ?? before.learningRate,
    imagesPerSecond: progress.imagesPerSecond ?? before.imagesPerSecond,
    remainingMs: progress.remainingMs ?? before.remainingMs,
  };
}

function deviceWords({ device, deviceName, intraOpThreads }: NonNullable<RunRecord['environment']>): string {
  if (device === 'gpu') return deviceName;
  return `CPU, ${intraOpThreads} thread${intraOpThreads === 1 ? '' : 's'}`;
}
