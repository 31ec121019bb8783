/** Ways to choose a point of a curve other than by its threshold. Pure. */
import type { CurvePoint } from '../../src-main/numerics/curve-points.ts';
import { youdenPoint } from '../../src-main/numerics/operating-point.ts';
import {
  type BinaryScores,
  type OperatingPoint,
  sensitivityAtSpecificity,
  thresholdForSensitivity,
} from '../../src-main/numerics/ranking.ts';

/** Where a point stands in a chart; null: nowhere. */
export type PlaceOf = (point: OperatingPoint) => CurvePoint | null;

/** The point that stands nearest to a place of the chart; null where none stands anywhere. */
export function nearestPoint(
  points: readonly OperatingPoint[],
  x: number,
  y: number,
  placeOf: PlaceOf,
): OperatingPoint | null {
  let best: { point: OperatingPoint; distance: number } | null = null;
  for (const point of points) {
    const place = placeOf(point);
    if (!place) continue;
    const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
    if (best === null || distance < best.distance) best = { point, distance };
  }
  return best?.point ?? null;
}

/** Points that are often wanted, with the words of their buttons. */
export const WANTED_POINTS: readonly {
  readonly title: string;
  readonly find: (data: BinaryScores, points: readonly OperatingPoint[]) => OperatingPoint | null;
}[] = [
  { title: 'Sensitivity ≥ 0.95', find: (data) => thresholdForSensitivity(data, 0.95) },
  { title: 'Sensitivity ≥ 0.90', find: (data) => thresholdForSensitivity(data, 0.9) },
  { title: 'Specificity ≥ 0.90', find: (data) => sensitivityAtSpecificity(data, 0.9) },
  { title: 'Largest sum (Youden)', find: (_, points) => youdenPoint(points) },
];

/** A threshold as it is written: three decimals, or three figures where it is smaller than they can tell. */
export function formatThreshold(threshold: number | null): string {
  if (threshold === null) return 'above all';
  return threshold !== 0 && Math.abs(threshold) < 0.01 ? threshold.toPrecision(3) : threshold.toFixed(3);
}
