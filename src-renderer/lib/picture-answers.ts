/** A model's answers beside the files that were sent, each under its own name. Pure; runs in the window. */
import { AppError } from '../../src-main/contract/errors.ts';
import type { Classification } from '../../src-main/contract/schema/job.ts';

export interface PictureAnswer<Sent> {
  readonly file: Sent;
  readonly classes: Classification['classes'];
  /** Null when the image could not be read; `error` says why. */
  readonly probabilities: readonly number[] | null;
  readonly error: string | null;
}

/**
 * The host kept each picture in a file of another name while the model looked at it; errors name that one, and are told here with the
 * name that a person knows.
 * @throws AppError `internal` when an answer is missing
 */
export function pictureAnswers<Sent extends { readonly name: string }>(
  files: readonly Sent[],
  { classes, answers }: Classification,
): PictureAnswer<Sent>[] {
  return files.map((file, index) => {
    const answer = answers[index];
    if (!answer) throw new AppError('internal', `The model gave no answer for ${file.name}.`);
    const error = answer.error?.replaceAll(answer.path, file.name) ?? null;
    return { file, classes, probabilities: answer.probabilities, error };
  });
}
