/** Which colour of the series (styles/tokens.css) a class has, on every screen and chart. Pure. */
import { classSeries } from '../../src-main/contract/class-series.ts';

/** @param index place of the class in its dataset, which colours classes that have no fixed colour. */
export function classColour(code: string, index: number): string {
  return `var(--series-${classSeries(code, index)})`;
}
