/** Runs, their progress and their comparison as text. Pure. */
import type { RunDetail } from '../../../contract/api.ts';
import type { RunComparison } from '../../../contract/schema/evaluation.ts';
import type { ItemProgress } from '../../../contract/schema/job.ts';
import type { EpochRecord, EpochScores, RunSummary, TrainingProgress } from '../../../contract/schema/run.ts';
import { named } from './dataset.ts';
import { bytes, dateTime, duration, estimate, figure, properties, setting, table } from './format.ts';

/** @param isNarrowed whether only some were asked for */
export function formatRuns(runs: readonly RunSummary[], isNarrowed: boolean): string {
  if (runs.length === 0) {
    return isNarrowed
      ? 'No run is like that. "lab runs list" shows all of them.'
      : 'No run yet. "lab train --data DATASET --model MODEL" starts one.';
  }
  return table(
    [
      'id',
      '',
      'name',
      'model',
      'dataset',
      'split',
      'status',
      'epochs',
      'test bal. acc.',
      'test acc.',
      'time',
      'created',
    ],
    runs.map((run) => [
      String(run.id),
      run.starred ? '*' : '',
      run.tags.length > 0 ? `${run.name} [${run.tags.join(', ')}]` : run.name,
      run.model,
      named({ name: run.datasetName, synthetic: run.synthetic }),
      run.splitMethod,
      run.status,
      `${run.epochsDone}/${run.epochs}`,
      figure(run.testBalancedAccuracy),
      figure(run.testAccuracy),
      duration(run.trainingMs),
      dateTime(run.createdAt),
    ]),
  );
}

export function formatRun({ run, dataset, epochs, artifacts, evaluations, folder }: RunDetail): string {
  const { environment: machine } = run;
  const files = artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  const sections = [
    properties([
      ['Run', `${run.id} ${run.name}`],
      ['Status', run.failure ? `${run.status} (${run.failure.code}): ${run.failure.message}` : run.status],
      ['Dataset', `${dataset.id} ${named(dataset)}`],
      ['Epochs', `${run.epochsDone} of ${run.config.epochs}, best ${run.bestEpoch ?? '-'}`],
      ['Time', duration(run.trainingMs)],
      ['Created', dateTime(run.createdAt)],
      [
        'Machine',
        machine
          ? `${machine.device}, ${machine.processor}, TensorFlow ${machine.tensorflowVersion}, code ${machine.codeVersion ?? '-'}`
          : '-',
      ],
      ['Files', `${artifacts.length} (${bytes(files)}) in ${folder}`],
      ...(run.tags.length > 0 ? [['Tags', run.tags.join(', ')] as const] : []),
      ...(run.notes ? [['Notes', run.notes] as const] : []),
    ]),
    ...run.warnings.map((warning) => `Note: ${warning}`),
    `Configuration\n${properties(Object.entries(run.config).map(([key, value]) => [`  ${key}`, setting(value)]))}`,
  ];
  if (epochs.length > 0) sections.push(`Epochs\n${epochTable(epochs)}`);
  const external = evaluations.filter(({ source }) => source === 'external');
  if (external.length > 0) {
    const lines = external.map(
      ({ id, datasetId, createdAt }) =>
        `  on dataset ${datasetId}, ${dateTime(createdAt)}: --evaluation ${id}`,
    );
    sections.push(['Tested on other sets', ...lines].join('\n'));
  }
  return sections.join('\n\n');
}

function epochTable(epochs: readonly EpochRecord[]): string {
  return table(
    [
      'epoch',
      'loss',
      'acc.',
      'bal. acc.',
      'val. loss',
      'val. acc.',
      'val. bal. acc.',
      'learning rate',
      'img/s',
      '',
    ],
    epochs.map((epoch) => [
      String(epoch.epoch),
      ...scores(epoch.train),
      ...scores(epoch.validation),
      epoch.learningRate.toPrecision(3),
      epoch.imagesPerSecond.toFixed(0),
      epoch.best ? 'best' : '',
    ]),
  );
}

function scores(part: EpochScores | null): string[] {
  return [figure(part?.loss), figure(part?.accuracy), figure(part?.balancedAccuracy)];
}

/** One line for an epoch that has ended. */
export function epochLine(epoch: EpochRecord, epochs: number): string {
  const [loss, accuracy, balanced] = scores(epoch.train);
  const [valLoss, valAccuracy, valBalanced] = scores(epoch.validation);
  const number = String(epoch.epoch).padStart(String(epochs).length);
  return (
    `epoch ${number}/${epochs}  loss ${loss}  acc ${accuracy}  bal ${balanced}` +
    `  |  val loss ${valLoss}  acc ${valAccuracy}  bal ${valBalanced}` +
    `  |  lr ${epoch.learningRate.toPrecision(3)}  ${epoch.imagesPerSecond.toFixed(0)} img/s` +
    `  ${duration(epoch.elapsedMs)}${epoch.best ? '  best' : ''}`
  );
}

/** The line that replaces itself while a run trains. A narrow terminal cuts it off, so what is waited for comes first. */
export function progressLine(progress: TrainingProgress): string {
  const { phase, epoch, epochs, step, steps } = progress;
  const parts = [
    `${phase} ${epoch}/${epochs}`,
    steps > 0 ? `step ${step}/${steps}` : null,
    progress.remainingMs === null ? null : `${duration(progress.remainingMs)} left`,
    progress.imagesPerSecond === null ? null : `${progress.imagesPerSecond.toFixed(0)} img/s`,
    progress.loss === null ? null : `loss ${figure(progress.loss)}`,
    progress.accuracy === null ? null : `acc ${figure(progress.accuracy)}`,
    progress.balancedAccuracy === null ? null : `bal ${figure(progress.balancedAccuracy)}`,
    progress.learningRate === null ? null : `lr ${progress.learningRate.toPrecision(3)}`,
    bytes(progress.residentBytes),
  ];
  return parts.filter((part) => part !== null).join('  ');
}

export function itemsLine(what: string, { done, total, remainingMs }: ItemProgress): string {
  const left = remainingMs === null ? '' : `  ${duration(remainingMs)} left`;
  return `${what} ${done}/${total}${left}`;
}

/** Settings that differ, the headline figures, and whether the runs do. */
export function formatComparison(
  { run: first, dataset: firstSet }: RunDetail,
  { run: second, dataset: secondSet }: RunDetail,
  comparison: RunComparison,
): string {
  const keys = Object.keys(first.config) as (keyof typeof first.config)[];
  const differing = keys.filter((key) => first.config[key] !== second.config[key]);
  const { balancedAccuracyDifference: difference, mcnemar } = comparison;
  const rows: [string, string, string][] = [
    ['status', first.status, second.status],
    ['dataset', named(firstSet), named(secondSet)],
    ...differing.map((key): [string, string, string] => [
      key,
      setting(first.config[key]),
      setting(second.config[key]),
    ]),
    ['test balanced accuracy', figure(first.testBalancedAccuracy), figure(second.testBalancedAccuracy)],
    ['test accuracy', figure(first.testAccuracy), figure(second.testAccuracy)],
  ];
  return [
    table(['', `run ${first.id}`, `run ${second.id}`], rows),
    `On ${comparison.images} images of ${comparison.lesions} lesions in both test parts that neither run had seen` +
      ` (${comparison.excludedForLeakage} left out for leakage):`,
    `Balanced accuracy, run ${first.id} minus run ${second.id}: ${estimate(difference)}, p = ${figure(difference.pValue)}` +
      ' (bootstrap over lesions, stratified by class)',
    `McNemar on one image of each of ${mcnemar.lesions} lesions: only run ${first.id} right ${mcnemar.onlyFirstRight},` +
      ` only run ${second.id} right ${mcnemar.onlySecondRight}, p = ${figure(mcnemar.pValue)}`,
  ].join('\n\n');
}
