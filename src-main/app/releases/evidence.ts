/**
 * What a release says of the run that it rests on. Pure; used by the host. No path goes along, and nothing of the person or the machine
 * but the kind of device.
 */
import type { TrainingConfig } from '../../contract/schema/config.ts';
import type { DatasetSummary } from '../../contract/schema/dataset.ts';
import type { EvaluationReport } from '../../contract/schema/evaluation.ts';
import type { ReleaseEvidence } from '../../contract/schema/release.ts';
import type { RunRecord } from '../../contract/schema/run.ts';

export function releaseEvidence({
  run,
  dataset,
  report,
  splitHash,
}: {
  run: RunRecord;
  dataset: DatasetSummary;
  report: EvaluationReport | null;
  splitHash: string;
}): ReleaseEvidence {
  const { config, environment } = run;
  const part = (name: string) => report?.parts.find((candidate) => candidate.part === name) ?? null;
  return {
    modelId: config.model,
    settings: settingsOf(config),
    dataset: {
      name: dataset.name,
      hash: run.datasetHash,
      layout: dataset.layout,
      images: dataset.imageCount,
      synthetic: dataset.synthetic,
    },
    splitHash,
    epochs: run.epochsDone,
    bestEpoch: run.bestEpoch,
    trainedAt: run.endedAt ?? run.createdAt,
    codeVersion: environment?.codeVersion ?? null,
    library: environment ? `TensorFlow ${environment.tensorflowVersion}` : null,
    device: environment ? deviceOf(environment) : null,
    validation: part('validation'),
    test: part('test'),
    subgroups: part('test') ? (report?.subgroups ?? []) : [],
    warnings: run.warnings.map(withoutPaths),
  };
}

/** In words of the configuration; of a file, its name alone. */
function settingsOf(config: TrainingConfig): ReleaseEvidence['settings'] {
  const entries = Object.entries(config).map(([key, value]) => [
    key,
    (key === 'modelFile' || key === 'splitFile') && typeof value === 'string' ? fileName(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function deviceOf({ device, deviceName }: NonNullable<RunRecord['environment']>): string {
  return device === 'gpu' ? `GPU (${deviceName})` : 'CPU';
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}

/** "…/home/somebody/split.csv names no part" keeps "split.csv". */
function withoutPaths(text: string): string {
  return text.replace(/(?:[A-Za-z]:[\\/]|\\\\|(?<![\w.])\/)[^\s"'`,;:()]+/g, fileName);
}
