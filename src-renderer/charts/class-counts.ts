/** Images of each class as a bar chart: the class's colour, its code at the axis, a mark where it is malignant. Pure. */
import type { ChartConfiguration, ChartType, Plugin } from 'chart.js';
import { classSeries } from '../../src-main/contract/class-series.ts';
import type { ClassInfo } from '../../src-main/contract/schema/dataset.ts';
import { formatCount, formatFraction } from '../lib/format.ts';
import type { SeriesPalette } from './palette.ts';

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    /** Written behind the end of each bar. */
    countLabels?: TType extends 'bar' ? { texts: readonly string[]; colour: string } : never;
  }
}

export type ClassCountChart = ChartConfiguration<'bar', number[], string>;

/** What the axis says of a class: its code, and "▲" where it is malignant. */
export function classTick({ code, malignant }: ClassInfo): string {
  return malignant ? `${code} ▲` : code;
}

/** The same figures as rows: the chart's table and its CSV. */
export function classCountRows(classes: readonly ClassInfo[], counts: readonly number[]) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return classes.map(({ code, name, malignant }, index) => ({
    class: code,
    name,
    malignant: malignant === null ? 'not said' : malignant ? 'yes' : 'no',
    images: counts[index] ?? 0,
    share: total > 0 ? (counts[index] ?? 0) / total : 0,
  }));
}

/** "8,520 images in 7 classes. Most: nv 5,701 (0.669); fewest: df 99 (0.012)." */
export function classCountSummary(classes: readonly ClassInfo[], counts: readonly number[]): string {
  const rows = classCountRows(classes, counts).toSorted((a, b) => b.images - a.images);
  const total = rows.reduce((sum, { images }) => sum + images, 0);
  const words = ({ class: code, images, share }: (typeof rows)[number]) =>
    `${code} ${formatCount(images)} (${formatFraction(share)})`;
  const [most, fewest] = [rows[0], rows.at(-1)];
  const ends = most && fewest ? ` Most: ${words(most)}; fewest: ${words(fewest)}.` : '';
  return `${formatCount(total)} images in ${rows.length} classes.${ends}`;
}

export function classCountChart(options: {
  readonly classes: readonly ClassInfo[];
  readonly counts: readonly number[];
  readonly palette: SeriesPalette;
}): ClassCountChart {
  const { classes, counts, palette } = options;
  const rows = classCountRows(classes, counts);
  const tick = { color: palette.ink, font: { size: 12 } };
  return {
    type: 'bar',
    data: {
      labels: classes.map(classTick),
      datasets: [
        {
          data: [...counts],
          backgroundColor: classes.map((_, index) => palette.series[classSeries(classes, index) - 1]!),
          maxBarThickness: 20,
          minBarLength: 2,
          borderRadius: 2,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { right: 104 } },
      scales: {
        x: {
          beginAtZero: true,
          grid: { color: palette.line },
          border: { display: false },
          ticks: { color: palette.faint, font: { size: 11 }, maxTicksLimit: 6 },
          title: { display: true, text: 'images', color: palette.faint, font: { size: 11 } },
        },
        y: { grid: { display: false }, border: { color: palette.line }, ticks: { ...tick, autoSkip: false } },
      },
      plugins: {
        legend: { display: false },
        countLabels: {
          texts: rows.map(({ images, share }) => `${formatCount(images)} (${formatFraction(share)})`),
          colour: palette.ink,
        },
        tooltip: {
          callbacks: {
            title: ([item]) => classes[item?.dataIndex ?? 0]?.name ?? '',
            label: ({ dataIndex }) => {
              const row = rows[dataIndex]!;
              const mark = row.malignant === 'yes' ? ', malignant' : '';
              return `${formatCount(row.images)} images, share ${formatFraction(row.share)}${mark}`;
            },
          },
        },
      },
    },
    plugins: [countLabels],
  };
}

const countLabels: Plugin<'bar'> = {
  id: 'countLabels',
  afterDatasetsDraw(chart) {
    const { texts = [], colour = '' } = chart.options.plugins?.countLabels ?? {};
    const { ctx } = chart;
    ctx.save();
    ctx.font = '12px system-ui, sans-serif';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = colour;
    chart.getDatasetMeta(0).data.forEach(({ x, y }, index) => {
      ctx.fillText(texts[index] ?? '', x + 8, y);
    });
    ctx.restore();
  },
};
