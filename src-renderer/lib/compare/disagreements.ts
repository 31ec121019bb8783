/** Images of which runs say different things. Pure. */
import type { Prediction } from '../../../src-main/contract/schema/evaluation.ts';
import { argMax } from '../../../src-main/numerics/confusion.ts';

export interface Answer {
  readonly predicted: number;
  readonly probability: number;
}

export interface Disagreement {
  readonly imageId: string;
  readonly lesionId: string;
  readonly trueClass: number | null;
  /** In the order of the runs. */
  readonly answers: readonly Answer[];
}

export const DISAGREEMENT_KINDS = ['any', 'base-right', 'base-wrong', 'all-wrong'] as const;
export type DisagreementKind = (typeof DISAGREEMENT_KINDS)[number];

/**
 * Images that all runs have tested and of which they do not all say the same class; those first of which the base (the first run)
 * was surest.
 * @param predictions of each run, the base first
 */
export function disagreements(predictions: readonly (readonly Prediction[])[]): Disagreement[] {
  const [base, ...others] = predictions;
  if (!base || others.length === 0) return [];
  const known = others.map((run) => new Map(run.map((prediction) => [prediction.imageId, prediction])));
  return base
    .flatMap((prediction) => {
      const { imageId, lesionId, trueClass } = prediction;
      const same = known.map((run) => run.get(imageId));
      const tested = [prediction, ...same.filter((found) => found !== undefined)];
      if (tested.length !== predictions.length) return [];
      const answers = tested.map(({ probabilities }) => answerOf(probabilities));
      return new Set(answers.map(({ predicted }) => predicted)).size > 1
        ? [{ imageId, lesionId, trueClass, answers }]
        : [];
    })
    .sort((a, b) => b.answers[0]!.probability - a.answers[0]!.probability);
}

/** How many images all runs have tested. */
export function sharedImages(predictions: readonly (readonly Prediction[])[]): number {
  const [base = [], ...others] = predictions.map((run) => run.map(({ imageId }) => imageId));
  const sets = others.map((ids) => new Set(ids));
  return base.filter((id) => sets.every((ids) => ids.has(id))).length;
}

export function isOfKind({ trueClass, answers }: Disagreement, kind: DisagreementKind): boolean {
  const right = answers.map(({ predicted }) => predicted === trueClass);
  switch (kind) {
    case 'any':
      return true;
    case 'base-right':
      return right[0] === true;
    case 'base-wrong':
      return right[0] === false && right.includes(true);
    case 'all-wrong':
      return trueClass !== null && !right.includes(true);
  }
}

function answerOf(probabilities: readonly number[]): Answer {
  const predicted = argMax(probabilities);
  return { predicted, probability: probabilities[predicted]! };
}
