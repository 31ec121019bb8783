/** lab runs report: a run's report as one HTML file. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand, parseId, setAction } from '../command.ts';
import { requireTargetFile, writeTargetFile } from '../target.ts';

export function addReport(runs: Command): void {
  const command = addCommand(
    runs,
    'report <run>',
    'write the report as one HTML file: numbers, matrix, curves, calibration, mistakes, settings; read offline, no pictures of patients in it',
  )
    .requiredOption('--html <file>', 'the file to write; one of that name is replaced')
    .option('--evaluation <number>', 'of a test on another set instead, as "lab evaluate" made it');
  setAction<[string], { html: string; evaluation?: string }>(
    command,
    async ({ client, output }, { html, evaluation }, reference) => {
      const file = resolve(html);
      requireTargetFile(file);
      const page = await client.call('run.report-html', {
        id: parseId(reference, 'run'),
        ...(evaluation === undefined ? {} : { evaluationId: parseId(evaluation, 'evaluation') }),
      });
      writeTargetFile(file, page);
      output.result({ file, bytes: Buffer.byteLength(page) }, `Wrote ${file}.`);
    },
  );
}
