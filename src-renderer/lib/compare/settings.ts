/** The settings in which runs differ, and everything else that decides a run and differs. Pure. */

import type { RunDetail } from '../../../src-main/contract/api.ts';
import { CONFIG_FIELDS, type ConfigKey } from '../../../src-main/contract/config-fields.ts';
import { labelOf, unitOf } from '../../../src-main/contract/config-labels.ts';
import type { TrainingConfig } from '../../../src-main/contract/schema/config.ts';
import type { Environment } from '../../../src-main/contract/schema/run.ts';
import { NO_FIGURE } from '../format.ts';

export interface Difference {
  readonly name: string;
  /** What it is, where the name alone does not say it. */
  readonly description: string;
  /** In the order of the runs. */
  readonly values: readonly string[];
}

/** "Learning rate", "Image width (px)" */
export function settingName(key: ConfigKey): string {
  const unit = unitOf(key);
  return unit === '' ? labelOf(key) : `${labelOf(key)} (${unit})`;
}

export function settingText(value: unknown): string {
  if (value === null || value === undefined) return 'the usual';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

/** In the order of the form. */
export function differingSettings(configs: readonly TrainingConfig[]): Difference[] {
  return CONFIG_FIELDS.flatMap(({ key, description }) => {
    const values = configs.map((config) => settingText(config[key]));
    return new Set(values).size > 1 ? [{ name: settingName(key), description, values }] : [];
  });
}

/** Data and machine: what makes figures incomparable, or not quite repeatable. */
export function differingCircumstances(details: readonly RunDetail[]): Difference[] {
  const circumstances: [name: string, description: string, value: (detail: RunDetail) => string | null][] = [
    [
      'dataset',
      'content, by its hash',
      ({ dataset, run }) => `${dataset.name} (${run.datasetHash.slice(0, 8)})`,
    ],
    [
      'code',
      'version of Lesion Lab and its commit',
      ({ run: { environment } }) => environment && codeText(environment),
    ],
    [
      'device',
      '',
      ({ run: { environment } }) =>
        environment && `${environment.deviceName}, ${environment.intraOpThreads} threads`,
    ],
    ['TensorFlow', '', ({ run: { environment } }) => environment?.tensorflowVersion ?? null],
    [
      'machine',
      '',
      ({ run: { environment } }) => environment && `${environment.platform}, ${environment.processor}`,
    ],
  ];
  return circumstances.flatMap(([name, description, value]) => {
    const values = details.map((detail) => value(detail) || NO_FIGURE);
    return new Set(values).size > 1 ? [{ name, description, values }] : [];
  });
}

/** "0.1.0 3b918f31", with "-dirty" where files had been changed. */
function codeText({ appVersion, codeVersion }: Environment): string {
  return codeVersion === null
    ? appVersion
    : `${appVersion} ${codeVersion.replace(/^([0-9a-f]{8})[0-9a-f]+/, '$1')}`;
}
