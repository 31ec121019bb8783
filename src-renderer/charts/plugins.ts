/** Small drawings over a line chart: names at the ends of its lines in place of a legend, and the best epoch. Runs in the window. */
import type { ChartType, Plugin } from 'chart.js';
import type { Palette } from './palette.ts';

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    /** `epoch` null: none yet. */
    bestEpoch?: TType extends 'line' ? { epoch: number | null } : never;
  }
}

const LABEL_HEIGHT_PX = 13;
const FONT = '11px system-ui, sans-serif';

/** Writes each line's name behind its last point; those that would touch are moved apart. */
export function endLabels(palette: Palette): Plugin<'line'> {
  return {
    id: 'endLabels',
    afterDatasetsDraw(chart) {
      const labels = chart.data.datasets.flatMap(({ label, borderColor }, index) => {
        const last = chart.getDatasetMeta(index).data.findLast((point) => Number.isFinite(point.y));
        return last ? [{ text: label ?? '', x: last.x, y: last.y, colour: String(borderColor) }] : [];
      });
      const { ctx, chartArea } = chart;
      moveApart(labels, chartArea.top + LABEL_HEIGHT_PX / 2);
      ctx.save();
      ctx.font = FONT;
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 3;
      ctx.strokeStyle = palette.ground;
      for (const { text, x, y, colour } of labels) {
        ctx.strokeText(text, x + 7, y);
        ctx.fillStyle = colour;
        ctx.fillText(text, x + 7, y);
      }
      ctx.restore();
    },
  };
}

/** @param top no label goes above it */
function moveApart(labels: { y: number }[], top: number): void {
  const [first, ...others] = labels.sort((a, b) => a.y - b.y);
  if (!first || !others[0]) return;
  const overlap = Math.max(0, LABEL_HEIGHT_PX - (others[0].y - first.y));
  first.y = Math.max(top, first.y - overlap / 2);
  let above = first.y;
  for (const label of others) {
    label.y = Math.max(label.y, above + LABEL_HEIGHT_PX);
    above = label.y;
  }
}

/** A thin upright line with "best" above it, at the epoch that the chart's options name. */
export function bestEpochMark(palette: Palette): Plugin<'line'> {
  return {
    id: 'bestEpoch',
    beforeDatasetsDraw(chart) {
      const epoch = chart.options.plugins?.bestEpoch?.epoch ?? null;
      if (epoch === null) return;
      const { ctx, chartArea, scales } = chart;
      const x = scales.x!.getPixelForValue(epoch);
      ctx.save();
      ctx.strokeStyle = palette.faint;
      ctx.lineWidth = 1;
      ctx.setLineDash([2, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.font = FONT;
      ctx.fillStyle = palette.ink;
      ctx.textAlign = epoch === scales.x!.min ? 'left' : 'center';
      ctx.fillText('best', x, chartArea.top - 4);
      ctx.restore();
    },
  };
}
