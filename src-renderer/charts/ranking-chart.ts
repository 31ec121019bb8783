/** What the ROC and the precision-recall chart have in common. Pure. */
import type { CurvePoint } from '../../src-main/numerics/curve-points.ts';
import type { OperatingPoint } from '../../src-main/numerics/ranking.ts';
import type { CurveChart } from './curves.ts';
import type { SeriesPalette } from './palette.ts';
import type { RankingCurve } from './ranking-curves.ts';

export interface RankingView {
  readonly curves: readonly RankingCurve[];
  /** Index of the curve in front. */
  readonly chosen: number;
  /** Index into its points. */
  readonly pointIndex: number;
}

interface RankingChartOptions {
  readonly view: RankingView;
  readonly palette: SeriesPalette;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly pointsOf: (curve: RankingCurve) => readonly CurvePoint[];
  readonly placeOf: (point: OperatingPoint) => CurvePoint | null;
  readonly guess: readonly [CurvePoint, CurvePoint];
  readonly stepped: boolean;
}

/** Drawn first is what lies on top: the operating point, the chosen curve, the others thin behind it, the guess. */
export function rankingChart(options: RankingChartOptions): CurveChart {
  const { view, palette, pointsOf } = options;
  const chosen = view.curves[view.chosen]!;
  const point = options.placeOf(chosen.points[view.pointIndex] ?? chosen.points[0]!);
  const colour = colourOf(chosen, palette);
  const line = (curve: RankingCurve, isChosen: boolean): CurveChart['data']['datasets'][number] => ({
    label: curve.question.title,
    data: [...pointsOf(curve)],
    borderColor: colourOf(curve, palette),
    borderWidth: isChosen ? 2.5 : 1,
    borderDash: curve.series === null ? [6, 3] : [],
    pointRadius: 0,
    pointHitRadius: 0,
    stepped: options.stepped ? 'after' : false,
    tension: 0,
  });
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: 'operating point',
          data: point ? [point] : [],
          pointRadius: 6,
          pointHoverRadius: 7,
          pointBorderWidth: 2,
          pointBackgroundColor: palette.ground,
          pointBorderColor: colour,
          clip: false,
        },
        line(chosen, true),
        ...view.curves.filter((curve) => curve !== chosen).map((curve) => line(curve, false)),
        {
          label: 'guess',
          data: [...options.guess],
          borderColor: palette.faint,
          borderWidth: 1,
          borderDash: [2, 4],
          pointRadius: 0,
          pointHitRadius: 0,
        },
      ],
    },
    options: {
      animation: false,
      // the points are numbers in rising order already
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: 8 },
      interaction: { mode: 'nearest', intersect: true },
      scales: { x: axis(options.xTitle, palette, false), y: axis(options.yTitle, palette, true) },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: () => 'operating point',
            label: ({ parsed }) => [
              `${options.xTitle}: ${parsed.x?.toFixed(3) ?? '–'}`,
              `${options.yTitle}: ${parsed.y?.toFixed(3) ?? '–'}`,
            ],
          },
        },
      },
    },
  };
}

/** From 0 to 1 whatever the data, so that runs can be compared by eye. */
export function axis(title: string, palette: SeriesPalette, withGrid: boolean) {
  return {
    type: 'linear' as const,
    min: 0,
    max: 1,
    grid: { display: withGrid, color: palette.line },
    border: { display: !withGrid, color: palette.line },
    ticks: { color: palette.faint, font: { size: 11 }, stepSize: 0.2, format: { maximumFractionDigits: 1 } },
    title: { display: true, text: title, color: palette.faint, font: { size: 11 } },
  };
}

function colourOf({ series }: RankingCurve, palette: SeriesPalette): string {
  return series === null ? palette.ink : palette.series[series]!;
}
