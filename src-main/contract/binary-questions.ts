/** The questions with two answers that a list of classes allows: each class against the rest, and malignant against benign. Pure. */
import type { ClassInfo } from './schema/dataset.ts';

export interface BinaryQuestion {
  /** `class:mel`, or `malignant`; stays the same for the same question in another part or run. */
  readonly id: string;
  /** "mel against the rest" */
  readonly title: string;
  /** What a positive is called: `mel`, `malignant`. */
  readonly positive: string;
  readonly negative: string;
  /** For each class in order, whether it counts as positive. */
  readonly isPositive: readonly boolean[];
}

/** Malignant against benign comes last, and only where every class is marked and both kinds are there. */
export function binaryQuestions(classes: readonly ClassInfo[]): BinaryQuestion[] {
  const questions = classes.map(
    ({ code }, index): BinaryQuestion => ({
      id: `class:${code}`,
      title: `${code} against the rest`,
      positive: code,
      negative: `not ${code}`,
      isPositive: classes.map((_, other) => other === index),
    }),
  );
  const marks = classes.map(({ malignant }) => malignant);
  if (!marks.includes(null) && marks.includes(true) && marks.includes(false)) {
    questions.push({
      id: 'malignant',
      title: 'malignant against benign',
      positive: 'malignant',
      negative: 'benign',
      isPositive: marks.map((malignant) => malignant === true),
    });
  }
  return questions;
}
