/**
 * One setting against one figure, a point a run: the compared runs in their colours and named, all others on the same data in grey.
 * Words and switches stand side by side on the axis; numbers that span more than a factor of 50 stand on a logarithmic one. Pure.
 */
import type { ChartType, Plugin } from 'chart.js';
import type { SettingPoint } from '../../src-main/contract/schema/history.ts';
import { settingText } from '../lib/compare/settings.ts';
import type { CurveChart } from './curves.ts';
import type { SeriesPalette } from './palette.ts';

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    /** By point; null: another run, without a label. */
    comparedRuns?: TType extends 'line' ? { labels: readonly (string | null)[] } : never;
  }
}

export interface ScatterPoint {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly value: string;
  /** Index among the compared runs; null: another run. */
  readonly compared: number | null;
}

export interface Scatter {
  readonly kind: 'linear' | 'logarithmic' | 'words';
  /** From left to right. */
  readonly points: readonly ScatterPoint[];
  /** Of `words`: what stands at 0, 1, 2 … */
  readonly words: readonly string[];
}

export type ScatterFigure =
  | 'testBalancedAccuracy'
  | 'testAccuracy'
  | 'validationBalancedAccuracy'
  | 'validationAccuracy';

const LOGARITHMIC_FROM = 50;

/** Runs without the figure are left out. @param ids of the compared runs, in their order */
export function scatterOf(
  points: readonly SettingPoint[],
  figure: ScatterFigure,
  ids: readonly number[],
): Scatter {
  const shown = points.filter((point) => point[figure] !== null);
  const numbers = shown.map(({ value }) => value).filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === shown.length && new Set(numbers).size > 1;
  const words = isNumeric ? [] : [...new Set(shown.map(({ value }) => settingText(value)))].sort(byNumber);
  const isLogarithmic =
    isNumeric && Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= LOGARITHMIC_FROM;
  const place = (value: SettingPoint['value']) => {
    if (!isNumeric) return words.indexOf(settingText(value));
    return isLogarithmic ? Math.log10(Number(value)) : Number(value);
  };
  return {
    kind: isNumeric ? (isLogarithmic ? 'logarithmic' : 'linear') : 'words',
    words,
    points: shown
      .map((point) => {
        const compared = ids.indexOf(point.id);
        return {
          id: point.id,
          x: place(point.value),
          y: point[figure]!,
          value: settingText(point.value),
          compared: compared < 0 ? null : compared,
        };
      })
      .sort((a, b) => a.x - b.x || a.y - b.y),
  };
}

const byNumber = new Intl.Collator('en', { numeric: true }).compare;

export function scatterRows({ points }: Scatter, setting: string, figure: string) {
  return points.map(({ id, value, y }) => ({ run: id, [setting]: value, [figure]: y }));
}

export function scatterChart(
  { kind, points, words }: Scatter,
  { setting, figure, palette }: { setting: string; figure: string; palette: SeriesPalette },
): CurveChart {
  const colours = points.map(({ compared }) =>
    compared === null ? palette.faint : palette.series[compared % palette.series.length]!,
  );
  const xs = points.map(({ x }) => x);
  const [least, most] = kind === 'words' ? [0, words.length - 1] : [Math.min(...xs), Math.max(...xs)];
  const margin = kind === 'words' ? 0.5 : (most - least) * 0.06;
  const tick = { color: palette.faint, font: { size: 11 } };
  const title = (text: string) => ({ display: true, text, color: palette.faint, font: { size: 11 } });
  return {
    type: 'line',
    data: {
      datasets: [
        {
          label: figure,
          data: points.map(({ x, y }) => ({ x, y })),
          showLine: false,
          pointRadius: points.map(({ compared }) => (compared === null ? 3 : 6)),
          pointHoverRadius: 7,
          pointBackgroundColor: colours,
          pointBorderColor: colours,
          clip: 8,
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { top: 12, right: 24 } },
      interaction: { mode: 'nearest', intersect: false },
      scales: {
        x: {
          type: 'linear',
          min: least - margin,
          max: most + margin,
          grid: { display: false },
          border: { color: palette.line },
          ticks: {
            ...tick,
            includeBounds: false,
            ...(kind === 'words' ? { stepSize: 1 } : { maxTicksLimit: 8 }),
            callback: (value) => tickText(kind, words, Number(value)),
          },
          title: title(setting),
        },
        y: {
          min: 0,
          max: 1,
          grid: { color: palette.line },
          border: { display: false },
          ticks: { ...tick, maxTicksLimit: 6, format: { minimumFractionDigits: 1 } },
          title: title(figure),
        },
      },
      plugins: {
        legend: { display: false },
        comparedRuns: { labels: points.map(({ id, compared }) => (compared === null ? null : `#${id}`)) },
        tooltip: {
          callbacks: {
            title: ([item]) => `Run ${points[item?.dataIndex ?? 0]?.id ?? ''}`,
            label: ({ dataIndex }) =>
              `${setting} ${points[dataIndex]?.value}: ${points[dataIndex]?.y.toFixed(3)}`,
          },
        },
      },
    },
    plugins: [comparedLabels(palette)],
  };
}

function tickText(kind: Scatter['kind'], words: readonly string[], value: number): string | null {
  if (kind === 'words') return Number.isInteger(value) ? (words[value] ?? null) : null;
  return String(Number((kind === 'logarithmic' ? 10 ** value : value).toPrecision(3)));
}

/** Writes the number of each compared run above its point. */
function comparedLabels(palette: SeriesPalette): Plugin<'line'> {
  return {
    id: 'comparedLabels',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      const labels = chart.options.plugins?.comparedRuns?.labels ?? [];
      ctx.save();
      ctx.font = '11px system-ui, sans-serif';
      ctx.textAlign = 'center';
      ctx.fillStyle = palette.ink;
      chart.getDatasetMeta(0).data.forEach(({ x, y }, index) => {
        const label = labels[index];
        if (label) ctx.fillText(label, x, y - 10);
      });
      ctx.restore();
    },
  };
}
