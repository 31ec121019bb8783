/** Precision-recall curves with one of them in front and its operating point → chart configuration. Pure. */
import { precisionRecallPlace } from '../../src-main/numerics/curve-points.ts';
import type { CurveChart } from './curves.ts';
import type { SeriesPalette } from './palette.ts';
import { type RankingView, rankingChart } from './ranking-chart.ts';
import type { RankingCurve } from './ranking-curves.ts';

/** The dotted line is a guess: its precision is the share of positives. */
export function precisionRecallChart(view: RankingView, palette: SeriesPalette): CurveChart {
  const { positives, positive } = view.curves[view.chosen]!;
  const share = positive.length === 0 ? 0 : positives / positive.length;
  return rankingChart({
    view,
    palette,
    xTitle: 'sensitivity (recall)',
    yTitle: 'precision (PPV)',
    pointsOf: ({ precisionRecall }) => precisionRecall,
    placeOf: precisionRecallPlace,
    guess: [
      { x: 0, y: share },
      { x: 1, y: share },
    ],
    stepped: true,
  });
}

/** The same in words. */
export function precisionRecallSummary(curve: RankingCurve): string {
  const { question, averagePrecision, positives, positive } = curve;
  return `${question.title}: average precision ${averagePrecision === null ? 'undefined' : averagePrecision.toFixed(3)}, ${positives} positives of ${positive.length} images.`;
}
