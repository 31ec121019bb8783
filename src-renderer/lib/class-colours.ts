/** Which colour of the series (styles/tokens.css) a class has, on every screen and chart. Pure. */
import { classSeries } from '../../src-main/contract/class-series.ts';

export function classColour(classes: readonly { readonly code: string }[], index: number): string {
  return `var(--series-${classSeries(classes, index)})`;
}
