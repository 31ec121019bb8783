/** Which place of the colour series a class has, on every screen, chart and saved report. Pure. */

const FIXED: Readonly<Record<string, number>> = { nv: 1, mel: 2, bkl: 3, bcc: 4, akiec: 5, vasc: 6, df: 7 };
export const SERIES_LENGTH = 7;

/**
 * From 1 to SERIES_LENGTH.
 * @param index place of the class in its dataset, which colours classes that have no fixed colour
 */
export function classSeries(code: string, index: number): number {
  return FIXED[code] ?? (index % SERIES_LENGTH) + 1;
}
