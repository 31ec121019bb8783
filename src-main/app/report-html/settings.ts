/** Settings, environment and history of a run in a saved report. Pure. */
import { compareWithPreset, configText } from '../../contract/config-differences.ts';
import { CONFIG_FIELDS } from '../../contract/config-fields.ts';
import type { ModelInfo } from '../../contract/schema/catalogue.ts';
import type { RunRecord } from '../../contract/schema/run.ts';
import { duration, moment } from './figures.ts';
import { type Html, html } from './html.ts';
import { table } from './tables.ts';

/** What differs from the nearest preset, then everything, folded (an element that needs no script). */
export function settingsSection({ config }: RunRecord, model: ModelInfo | undefined): Html {
  const { preset, differences } = compareWithPreset(config, model);
  const base = preset === null ? "the product's defaults" : `the ${preset} preset of ${config.model}`;
  return html`<h2 id="settings">Settings</h2>
${
  differences.length === 0
    ? html`<p>As in ${base}.</p>`
    : table(
        `What differs from ${base}`,
        ['setting', 'this run', 'preset'],
        differences.map(({ field, value, presetValue }) => [
          field.key,
          configText(value),
          configText(presetValue),
        ]),
      )
}
<details><summary>All ${CONFIG_FIELDS.length} settings</summary>${table(
    'Every setting of the run',
    ['setting', 'value', 'meaning'],
    CONFIG_FIELDS.map(({ key, description }) => [key, configText(config[key]), description]),
  )}</details>`;
}

export function environmentSection(run: RunRecord): Html {
  const { environment } = run;
  const rows: [string, string][] = [
    ['Started', moment(run.startedAt ?? run.createdAt)],
    ['Ended', moment(run.endedAt)],
    ['Training time', duration(run.trainingMs)],
    ['Epochs', `${run.epochsDone} of ${run.config.epochs}, best ${run.bestEpoch ?? '–'}`],
    ['Dataset', `SHA-256 ${run.datasetHash}`],
  ];
  if (environment) {
    rows.push(
      ['Device', `${environment.device}, ${environment.deviceName}`],
      ['Processor', environment.processor],
      ['Platform', environment.platform],
      ['Threads', `${environment.intraOpThreads} inside an operation, ${environment.interOpThreads} at once`],
      ['TensorFlow', environment.tensorflowVersion],
      ['TensorFlow.js', environment.tfjsVersion],
      ['Node', environment.nodeVersion],
      ['Lesion Lab', `${environment.appVersion}, code ${environment.codeVersion ?? 'not from a checkout'}`],
    );
  }
  return html`<h2 id="environment">Environment</h2>${table('On what the run was made', ['', ''], rows)}`;
}
