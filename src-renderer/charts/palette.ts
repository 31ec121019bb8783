/** The colours of a chart. Pure. */

export interface Palette {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly ground: string;
  readonly train: string;
  readonly validation: string;
}
