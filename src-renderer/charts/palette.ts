/** The colours of a chart. Pure. */

export interface Palette {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly ground: string;
  readonly train: string;
  readonly validation: string;
}

/** With the series that classes are drawn in: `series[classSeries(classes, index) - 1]`. */
export interface SeriesPalette extends Palette {
  readonly series: readonly string[];
}
