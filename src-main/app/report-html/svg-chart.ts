/** A line chart as SVG text: axes, series and their text alternative. Pure; needs no script and no font to be read. */
import { type Html, html } from './html.ts';

export interface Series {
  readonly label: string;
  /** A CSS colour, such as `var(--series-2)`. */
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  readonly dashed?: boolean;
  /** Precision-recall: the height of a step is that of its right end. */
  readonly stepped?: boolean;
  /** A dot at each point. */
  readonly dots?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly series: readonly Series[];
  /** The line of a guess, or of perfect calibration. */
  readonly diagonal?: boolean;
  readonly wide?: boolean;
  /** A thin upright line with a word. */
  readonly mark?: { readonly x: number; readonly text: string } | null;
}

const MARGIN = { left: 48, right: 12, top: 14, bottom: 40 } as const;
const HEIGHT = 300;
const WIDTH = { square: 320, wide: 440 } as const;
const TICKS = 5;

export function svgChart(plot: Plot): Html {
  const width = plot.wide ? WIDTH.wide : WIDTH.square;
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const scale =
    ([low, high]: readonly [number, number], start: number, end: number) =>
    (value: number) =>
      start + ((value - low) / (high - low || 1)) * (end - start);
  const x = scale(plot.x, MARGIN.left, right);
  const y = scale(plot.y, bottom, MARGIN.top);
  const at = (value: number) => value.toFixed(1);
  return html`<svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${plot.title}; ${plot.series.map(({ label }) => label).join(', ')}"><title>${plot.title}</title>
${ticksOf(plot.y).map((value) => html`<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at(y(value))}" y2="${at(y(value))}"/><text x="${MARGIN.left - 6}" y="${at(y(value) + 4)}" text-anchor="end">${tick(value)}</text>`)}
${ticksOf(plot.x).map((value) => html`<text x="${at(x(value))}" y="${bottom + 16}" text-anchor="middle">${tick(value)}</text>`)}
<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
<text x="${(MARGIN.left + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${plot.xTitle}</text>
<text transform="translate(12 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${plot.yTitle}</text>
${plot.diagonal ? html`<line class="guess" x1="${at(x(plot.x[0]))}" y1="${at(y(plot.y[0]))}" x2="${at(x(plot.x[1]))}" y2="${at(y(plot.y[1]))}"/>` : null}
${plot.mark ? html`<line class="mark" x1="${at(x(plot.mark.x))}" x2="${at(x(plot.mark.x))}" y1="${MARGIN.top}" y2="${bottom}"/><text x="${at(x(plot.mark.x))}" y="${MARGIN.top - 3}" text-anchor="middle">${plot.mark.text}</text>` : null}
${plot.series.map((series) => seriesSvg(series, x, y))}</svg>`;
}

function seriesSvg(series: Series, x: (value: number) => number, y: (value: number) => number): Html {
  const drawn = series.points.flatMap((point) =>
    point.y === null ? [] : [{ x: x(point.x), y: y(point.y) }],
  );
  const path = drawn.map((point, i) => {
    const place = `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    if (i === 0) return `M${place}`;
    return series.stepped ? `V${point.y.toFixed(1)}H${point.x.toFixed(1)}` : `L${place}`;
  });
  const dots = series.dots
    ? drawn.map(
        (point) =>
          html`<circle cx="${point.x.toFixed(1)}" cy="${point.y.toFixed(1)}" r="2.5" style="fill:${series.colour}"/>`,
      )
    : [];
  return html`<path class="line${series.dashed ? ' dashed' : ''}" style="stroke:${series.colour}" d="${path.join('')}"/>${dots}`;
}

function ticksOf([low, high]: readonly [number, number]): number[] {
  return Array.from({ length: TICKS + 1 }, (_, i) => low + ((high - low) * i) / TICKS);
}

function tick(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
