/** Which samples a classifier got wrong, the most confident first. Pure; runs in every process. */
import type { LabelledRows } from './calibration.ts';
import { argMax } from './confusion.ts';

export interface Mistake {
  /** Index of the sample. */
  readonly index: number;
  readonly trueClass: number;
  readonly predictedClass: number;
  /** Probability of the predicted class. */
  readonly confidence: number;
}

/** Every sample whose most probable class is not its own; of equal confidence, in the order given. */
export function mistakesByConfidence({ rows, trueClasses }: LabelledRows): Mistake[] {
  const mistakes = rows.flatMap((row, index) => {
    const predictedClass = argMax(row);
    const trueClass = trueClasses[index]!;
    return predictedClass === trueClass
      ? []
      : [{ index, trueClass, predictedClass, confidence: row[predictedClass]! }];
  });
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}
