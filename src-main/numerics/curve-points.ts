/** Operating points → what is drawn of them. Pure; runs in every process. */
import type { OperatingPoint } from './ranking.ts';

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** A step that no eye sees at the size of a chart. */
const FINEST_STEP = 1 / 500;

/** Where a point stands in the ROC chart; null without positives or without negatives. */
export function rocPlace({ sensitivity, specificity }: OperatingPoint): CurvePoint | null {
  return sensitivity === null || specificity === null ? null : { x: 1 - specificity, y: sensitivity };
}

/** Where a point stands in the precision-recall chart; null without positives, or where nothing is called positive. */
export function precisionRecallPlace({ sensitivity, precision }: OperatingPoint): CurvePoint | null {
  return sensitivity === null || precision === null ? null : { x: sensitivity, y: precision };
}

/** The ROC curve from (0, 0) to (1, 1); empty without positives or without negatives. */
export function rocPoints(points: readonly OperatingPoint[]): CurvePoint[] {
  return thinned(points.flatMap((point) => rocPlace(point) ?? []));
}

/**
 * The precision-recall curve: steps that hold the precision reached at their right end, as the average precision sums them;
 * empty without positives.
 */
export function precisionRecallPoints(points: readonly OperatingPoint[]): CurvePoint[] {
  return thinned(points.flatMap((point) => precisionRecallPlace(point) ?? []));
}

/** Leaves out points that lie within the finest step of the last one kept; the first and the last stay. */
function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  const kept: CurvePoint[] = [];
  points.forEach((point, index) => {
    const last = kept.at(-1);
    const isFar = !last || Math.max(Math.abs(point.x - last.x), Math.abs(point.y - last.y)) >= FINEST_STEP;
    if (isFar || index === points.length - 1) kept.push(point);
  });
  return kept;
}
