/**
 * Predictions of one part → what the ROC and precision-recall charts show: a curve for each question with two answers. Pure;
 * computed with the numerics that the worker reports with.
 */
import { type BinaryQuestion, binaryQuestions } from '../../src-main/contract/binary-questions.ts';
import { classSeries } from '../../src-main/contract/class-series.ts';
import type { ClassInfo } from '../../src-main/contract/schema/dataset.ts';
import type { Prediction } from '../../src-main/contract/schema/evaluation.ts';
import { type CurvePoint, precisionRecallPoints, rocPoints } from '../../src-main/numerics/curve-points.ts';
import { groupedScores } from '../../src-main/numerics/operating-point.ts';
import {
  areaUnder,
  averagePrecisionOf,
  type OperatingPoint,
  operatingPoints,
} from '../../src-main/numerics/ranking.ts';

export interface RankingCurve {
  readonly question: BinaryQuestion;
  /** Place in the colour series; null: the ink, of malignant against benign. */
  readonly series: number | null;
  readonly scores: readonly number[];
  readonly positive: readonly boolean[];
  readonly positives: number;
  /** All of them, thresholds falling. */
  readonly points: readonly OperatingPoint[];
  /** What is drawn; empty where it is undefined. */
  readonly roc: readonly CurvePoint[];
  readonly precisionRecall: readonly CurvePoint[];
  readonly auc: number | null;
  readonly averagePrecision: number | null;
}

/** @param predictions with a true class each */
export function rankingCurves(
  classes: readonly ClassInfo[],
  predictions: readonly Prediction[],
): RankingCurve[] {
  const data = {
    rows: predictions.map(({ probabilities }) => probabilities),
    trueClasses: predictions.map(({ trueClass }) => trueClass!),
  };
  return binaryQuestions(classes).map((question, index) => {
    const { scores, positive } = groupedScores(data, question.isPositive);
    const points = operatingPoints({ scores, positive });
    return {
      question,
      series: question.id === 'malignant' ? null : classSeries(classes, index) - 1,
      scores,
      positive,
      positives: positive.filter(Boolean).length,
      points,
      roc: rocPoints(points),
      precisionRecall: precisionRecallPoints(points),
      auc: areaUnder(points),
      averagePrecision: averagePrecisionOf(points),
    };
  });
}

/** Rows of the points of one curve: its table and CSV. */
export function pointRows({ points }: RankingCurve) {
  return points.map(({ threshold, truePositives, falsePositives, sensitivity, specificity, precision }) => ({
    threshold,
    sensitivity,
    specificity,
    precision,
    'true positives': truePositives,
    'false positives': falsePositives,
  }));
}
