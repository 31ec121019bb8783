/** What a reader of a report must know of images that are not in it. Pure. */
import { formatCounted } from './figures.ts';
import type { EvaluationReport } from './schema/evaluation.ts';

/** Sentences; none where every image was tested. */
export function leftOutNotes({ leftOut }: EvaluationReport): string[] {
  if (!leftOut) return [];
  const { unknownClasses, unreadable } = leftOut;
  const ofUnknown = unknownClasses.reduce((sum, { images }) => sum + images, 0);
  const classes = unknownClasses.map(({ code, images }) => `${code} ${images}`).join(', ');
  const notes = [
    [ofUnknown, 'the model does not know their class', ` (${classes})`],
    [unreadable.length, 'they cannot be read or have changed since the import', ''],
  ] as const;
  return notes
    .filter(([images]) => images > 0)
    .map(
      ([images, reason, which]) => `Left out, since ${reason}: ${formatCounted(images, 'image')}${which}.`,
    );
}
