/** A model's answers about images as text and as CSV. Pure. */

import { csv } from '../../../app/csv.ts';
import type { Classification, ImageAnswer } from '../../../contract/schema/job.ts';
import { figure, table } from './format.ts';

const SHOWN_ANSWERS = 50;

/** @param file where all answers were written, if they were */
export function formatClassification({ classes, answers }: Classification, file: string | undefined): string {
  const failed = answers.filter(({ error }) => error !== null);
  const shown = answers.slice(0, SHOWN_ANSWERS);
  const more = answers.length - shown.length;
  return [
    table(
      ['image', 'diagnosis', 'probability', ...classes.map(({ code }) => code)],
      shown.map((answer) => {
        const best = bestClass(answer);
        const name = best === null ? 'not read' : (classes[best]?.name ?? '');
        const probability = best === null ? null : (answer.probabilities?.[best] ?? null);
        return [
          answer.path,
          name,
          figure(probability),
          ...classes.map((_, index) => figure(answer.probabilities?.[index])),
        ];
      }),
    ),
    ...(more > 0 ? [`… and ${more} more${file ? '' : '; --csv FILE writes all of them'}.`] : []),
    ...failed.map(({ error }) => `Not read: ${error}`),
    `${answers.length - failed.length} of ${answers.length} images answered${file ? `; all rows in ${file}` : ''}. Research use, not a medical device.`,
  ].join('\n\n');
}

export function classificationTable({ classes, answers }: Classification): string {
  return csv([
    ['path', 'diagnosis', ...classes.map(({ code }) => `p_${code}`), 'error'],
    ...answers.map((answer) => {
      const best = bestClass(answer);
      return [
        answer.path,
        best === null ? '' : (classes[best]?.code ?? ''),
        ...classes.map((_, index) => String(answer.probabilities?.[index] ?? '')),
        answer.error ?? '',
      ];
    }),
  ]);
}

function bestClass({ probabilities }: ImageAnswer): number | null {
  return probabilities === null ? null : probabilities.indexOf(Math.max(...probabilities));
}
