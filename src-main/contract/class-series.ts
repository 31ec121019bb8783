/** Which place of the colour series a class has, and its colours, on every screen, chart and saved report. Pure. */

/**
 * On light and on dark ground. The first seven: Okabe and Ito 2008, told apart with colour-vision deficiency; lighter in the dark.
 * styles/tokens.css has the same.
 */
export const SERIES: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#4aa3dd'],
  ['#d55e00', '#f08643'],
  ['#009e73', '#35c39b'],
  ['#cc79a7', '#e09cc2'],
  ['#e69f00', '#f0b93c'],
  ['#56b4e9', '#86cdf5'],
  ['#6b6b6b', '#a3a3a3'],
  ['#4a1fb8', '#8a6cff'],
  ['#8f1040', '#e0385a'],
  ['#8a5200', '#8f6f45'],
  ['#1b3008', '#dcf56a'],
];
export const SERIES_LENGTH = SERIES.length;

const FIXED: Readonly<Record<string, number>> = { nv: 1, mel: 2, bkl: 3, bcc: 4, akiec: 5, vasc: 6, df: 7 };

/**
 * From 1 to SERIES_LENGTH. The classes of HAM10000 have the same place everywhere; others take, in their order, those that are left,
 * and begin again only where none is left.
 */
export function classSeries(classes: readonly { readonly code: string }[], index: number): number {
  const fixed = FIXED[classes[index]?.code ?? ''];
  if (fixed !== undefined) return fixed;
  const taken = new Set(classes.map(({ code }) => FIXED[code]));
  const left = SERIES.map((_, place) => place + 1).filter((place) => !taken.has(place));
  const others = classes.slice(0, index).filter(({ code }) => FIXED[code] === undefined);
  return left[others.length % left.length]!;
}

/** As custom properties of CSS. @param ground `both`: by the colour scheme that is shown */
export function seriesTokens(ground: 'light' | 'both'): string {
  return SERIES.map(
    ([light, dark], place) =>
      `--series-${place + 1}:${ground === 'light' ? light : `light-dark(${light},${dark})`}`,
  ).join(';');
}
