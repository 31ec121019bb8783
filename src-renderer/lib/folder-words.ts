/** What becomes of a folder of pictures, in words, and where its CSV lies. Pure. */
import type { FolderOutcome } from '../../src-main/contract/release-api.ts';
import { releaseFileName } from '../../src-main/contract/release-name.ts';
import type { ItemProgress } from '../../src-main/contract/schema/job.ts';
import type { ReleaseSummary } from '../../src-main/contract/schema/release.ts';
import { formatCount, formatCounted, formatDuration } from './format.ts';

/** "/pictures/answers-default-1.0.csv", as the folder's system writes paths. */
export function csvPath(folder: string, model: Pick<ReleaseSummary, 'name' | 'version'>): string {
  return joinPath(folder, `answers-${releaseFileName(model).replace(/\.[^.]+$/, '.csv')}`);
}

export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return `${folder.replace(/[\\/]$/, '')}${separator}${name}`;
}

/** The name of the file alone. */
export function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** "120 of 400 pictures · 0:42 left" */
export function folderProgressWords(progress: ItemProgress | null): string {
  if (progress === null) return 'Looking through the folder …';
  const { done, total, remainingMs } = progress;
  const left = remainingMs === null ? '' : ` · ${formatDuration(remainingMs)} left`;
  return `${formatCount(done)} of ${formatCounted(total, 'picture')}${left}`;
}

/** A sentence for each thing that a person must know. */
export function outcomeWords(outcome: FolderOutcome): string[] {
  const { pictures, answered, earlier, unreadable, withWarnings, withheld, elapsedMs } = outcome;
  const words = [
    `${formatCounted(answered, 'picture')} of ${formatCount(pictures)} answered in ${formatDuration(elapsedMs)}.`,
  ];
  if (earlier > 0)
    words.push(`${formatCounted(earlier, 'picture')} had a row in the file before, which stayed as it was.`);
  if (withheld > 0)
    words.push(
      `${formatCounted(withheld, 'picture')} got no answer: not like those that the model knows, or no close-up of skin.`,
    );
  if (withWarnings > 0) words.push(`${formatCounted(withWarnings, 'picture')} came with warnings.`);
  if (unreadable > 0)
    words.push(`${formatCounted(unreadable, 'file')} could not be read; the CSV says which.`);
  return words;
}
