/** Starts or resumes a run and shows it until it ends. Runs in the command line. */
import { isFinal } from '../../app/run-lifecycle.ts';
import type { RunDetail } from '../../contract/api.ts';
import { AppError, type ErrorCode } from '../../contract/errors.ts';
import type { EvaluationReport } from '../../contract/schema/evaluation.ts';
import type { RunRecord } from '../../contract/schema/run.ts';
import { epochLine, itemsLine, progressLine } from './printers/run.ts';
import type { Session } from './session.ts';

export interface FinishedRun {
  readonly detail: RunDetail;
  readonly report: EvaluationReport;
}

/**
 * @param begin asks the application for the run
 * @throws AppError what the run failed with, or `cancelled`; its details name the run
 */
export async function followRun(session: Session, begin: () => Promise<RunRecord>): Promise<FinishedRun> {
  const { client, output, signal } = session;
  const latest = new Map<number, RunRecord>();
  const shownWarnings = new Set<string>();
  let wake: () => void = () => undefined;
  const stops = [
    client.on('run.preparing', (progress) => output.live(itemsLine('preparing images', progress))),
    client.on('run.progress', ({ progress }) => output.live(progressLine(progress))),
    client.on('run.epoch', ({ id, epoch }) =>
      output.line(epochLine(epoch, latest.get(id)?.config.epochs ?? epoch.epoch)),
    ),
    client.on('run.changed', ({ run }) => {
      for (const warning of run.warnings) {
        if (!shownWarnings.has(warning)) output.line(`Note: ${warning}`);
        shownWarnings.add(warning);
      }
      latest.set(run.id, run);
      wake();
    }),
  ];
  try {
    const { id } = await begin();
    const cancel = () => void client.call('run.cancel', { id }).catch(() => wake());
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    while (!isFinal(latest.get(id)?.status ?? 'queued')) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    signal.removeEventListener('abort', cancel);
    return await finished(session, latest.get(id)!);
  } finally {
    for (const stop of stops) stop();
    output.live('');
  }
}

async function finished({ client }: Session, run: RunRecord): Promise<FinishedRun> {
  const { id, status, epochsDone } = run;
  const details = { runId: id, epochsDone };
  if (status !== 'completed') {
    throw run.failure
      ? new AppError(run.failure.code as ErrorCode, run.failure.message, { details })
      : new AppError(
          'cancelled',
          `Run ${id} was stopped after ${epochsDone} of ${run.config.epochs} epochs.`,
          {
            details,
          },
        );
  }
  const report = await client.call('run.report', { id });
  if (!report) throw new AppError('internal', `Run ${id} is completed and has no report.`, { details });
  return { detail: await client.call('run.get', { id }), report };
}
