/** Tells a person who looks elsewhere that a run has ended. Runs in the window. */
import type { RunRecord } from '../../src-main/contract/schema/run.ts';
import type { Toasts } from '../components/ui/toasts.svelte.ts';
import type { Api } from '../lib/connect.ts';
import { formatDuration, formatFraction } from '../lib/format.ts';
import { showNotice } from '../lib/system-notice.ts';

/** A record that is changed later, by a label or a note, is no news. */
const NEWS_MS = 30_000;

export function announceEnds(api: Api, toasts: Toasts): void {
  const announced = new Set<number>();
  api.on('run.changed', ({ run }) => {
    if (run.status === 'queued' || run.status === 'running') announced.delete(run.id);
    if (announced.has(run.id) || !isNews(run)) return;
    announced.add(run.id);
    const words = wordsOf(run);
    toasts.show(words);
    showNotice(run, words);
  });
}

function isNews({ status, endedAt }: RunRecord): boolean {
  const hasEnded = status === 'completed' || status === 'failed';
  return hasEnded && endedAt !== null && Date.now() - Date.parse(endedAt) < NEWS_MS;
}

function wordsOf({ id, name, status, failure, trainingMs, testBalancedAccuracy }: RunRecord) {
  const href = `#/runs/${id}` as const;
  if (status === 'failed') {
    const text = failure?.message ?? '';
    return {
      title: `${name}, run ${id}, failed`,
      text,
      tone: 'failure',
      link: { word: 'Open the run', href },
    } as const;
  }
  const score =
    testBalancedAccuracy === null
      ? ''
      : ` Balanced accuracy on the test part: ${formatFraction(testBalancedAccuracy)}.`;
  return {
    title: `${name}, run ${id}, is trained`,
    text: `It took ${formatDuration(trainingMs)}.${score}`,
    tone: 'done',
    link: { word: 'Open the report', href },
  } as const;
}
