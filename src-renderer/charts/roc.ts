/** ROC curves with one of them in front and its operating point → chart configuration. Pure. */
import { rocPlace } from '../../src-main/numerics/curve-points.ts';
import type { CurveChart } from './curves.ts';
import type { SeriesPalette } from './palette.ts';
import { type RankingView, rankingChart } from './ranking-chart.ts';
import type { RankingCurve } from './ranking-curves.ts';

export function rocChart(view: RankingView, palette: SeriesPalette): CurveChart {
  return rankingChart({
    view,
    palette,
    xTitle: '1 − specificity',
    yTitle: 'sensitivity',
    pointsOf: ({ roc }) => roc,
    placeOf: rocPlace,
    guess: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
    stepped: false,
  });
}

/** The same in words. */
export function rocSummary({ question, auc, positives, positive }: RankingCurve): string {
  return `${question.title}: area under the ROC curve ${auc === null ? 'undefined' : auc.toFixed(3)}, ${positives} positives of ${positive.length} images.`;
}
