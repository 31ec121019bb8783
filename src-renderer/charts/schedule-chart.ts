/**
 * The learning rate of each epoch before there is one, by the very code that training uses. Pure. A plateau's rate depends on what
 * validation will say, so its two ends are drawn: every epoch is better than the one before, or none is.
 */
import type { TrainingConfig } from '../../src-main/contract/schema/config.ts';
import { advanceSchedule, initialSchedule } from '../../src-main/numerics/schedule.ts';
import { type CurveChart, roundUp } from './curves.ts';
import type { Palette } from './palette.ts';
import { endLabels } from './plugins.ts';

export interface ScheduleRow {
  readonly [key: string]: number;
  readonly epoch: number;
}

const MOST_POINTS = 400;

/** Rates of the first epochs to the last, thinned out where there are many. */
export function scheduleRows(config: TrainingConfig): ScheduleRow[] {
  const every = Math.ceil(config.epochs / MOST_POINTS);
  const courses =
    config.schedule === 'plateau'
      ? { 'if it keeps improving': ratesOf(config, true), 'if it never does': ratesOf(config, false) }
      : { 'learning rate': ratesOf(config, true) };
  const epochs = Array.from({ length: config.epochs }, (_, index) => index + 1);
  return epochs
    .filter((epoch) => (epoch - 1) % every === 0 || epoch === config.epochs)
    .map((epoch) => ({
      epoch,
      ...Object.fromEntries(Object.entries(courses).map(([name, rates]) => [name, rates[epoch - 1]!])),
    }));
}

function ratesOf(config: TrainingConfig, improves: boolean): number[] {
  let { state, learningRate } = initialSchedule(config);
  return Array.from({ length: config.epochs }, (_, index) => {
    const rate = learningRate;
    const step = config.plateauMonitor === 'loss' ? -1 : 1;
    const metric = improves ? step * (index + 1) : 0;
    ({ state, learningRate } = advanceSchedule(state, { epoch: index + 1, metric }));
    return rate;
  });
}

export function scheduleChart(rows: readonly ScheduleRow[], palette: Palette): CurveChart {
  const names = Object.keys(rows[0] ?? {}).filter((key) => key !== 'epoch');
  const largest = Math.max(0, ...rows.flatMap((row) => names.map((name) => row[name]!)));
  const tick = { color: palette.faint, font: { size: 11 } };
  const colours = [palette.validation, palette.train];
  return {
    type: 'line',
    data: {
      datasets: names.map((name, index) => ({
        label: name,
        data: rows.map((row) => ({ x: row.epoch, y: row[name]! })),
        borderColor: colours[index],
        backgroundColor: colours[index],
        borderWidth: 1.75,
        borderDash: index === 0 ? [] : [5, 4],
        pointRadius: 0,
        pointHitRadius: 8,
        stepped: 'middle' as const,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { right: names.length > 1 ? 118 : 78, top: 12 } },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          type: 'linear',
          min: 1,
          max: Math.max(2, rows.at(-1)?.epoch ?? 2),
          grid: { display: false },
          border: { color: palette.line },
          ticks: { ...tick, precision: 0, maxTicksLimit: 8 },
          title: { display: true, text: 'epoch', color: palette.faint, font: { size: 11 } },
        },
        y: {
          min: 0,
          max: roundUp(largest),
          grid: { color: palette.line },
          border: { display: false },
          ticks: { ...tick, maxTicksLimit: 5, callback: (value) => Number(value).toPrecision(1) },
        },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: ([item]) => `Epoch ${item?.parsed.x ?? ''}`,
            label: (item) => `${item.dataset.label}: ${item.parsed.y?.toPrecision(3)}`,
          },
        },
      },
    },
    plugins: [endLabels(palette)],
  };
}
