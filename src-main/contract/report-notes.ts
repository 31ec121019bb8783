/** What a reader of a report must know of images that are not in it. Pure. */
import type { EvaluationReport } from './schema/evaluation.ts';

/** Sentences; none where every image was tested. */
export function leftOutNotes({ leftOut }: EvaluationReport): string[] {
  if (!leftOut) return [];
  const { unknownClasses, unreadable } = leftOut;
  const classes = unknownClasses.map(({ code, images }) => `${code} (${images})`).join(', ');
  return [
    ...(classes ? [`Left out, since the model does not know their class: ${classes} images.`] : []),
    ...(unreadable.length > 0
      ? [
          `Left out, since they cannot be read or have changed since the import: ${unreadable.length} ${unreadable.length === 1 ? 'image' : 'images'}.`,
        ]
      : []),
  ];
}
