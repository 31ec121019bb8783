/** Which colour of the series (styles/tokens.css) a class has, on every screen and chart. Pure. */

const FIXED: Readonly<Record<string, number>> = { nv: 1, mel: 2, bkl: 3, bcc: 4, akiec: 5, vasc: 6, df: 7 };
const SERIES_LENGTH = 7;

/** @param index place of the class in its dataset, which colours classes that have no fixed colour. */
export function classColour(code: string, index: number): string {
  return `var(--series-${FIXED[code] ?? (index % SERIES_LENGTH) + 1})`;
}
