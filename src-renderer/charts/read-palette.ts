/** The tokens' colours as a canvas can use them: resolved for the theme that is shown. Runs in the window. */
import { SERIES_LENGTH } from '../../src-main/contract/class-series.ts';
import type { Palette, SeriesPalette } from './palette.ts';

const TOKENS: Readonly<Record<keyof Palette, string>> = {
  ink: '--ink-2',
  faint: '--ink-3',
  line: '--line',
  ground: '--raised',
  train: '--ink-3',
  validation: '--accent',
};

const SERIES = Array.from({ length: SERIES_LENGTH }, (_, index) => `--series-${index + 1}`);

/** @param element in the page, whose theme counts */
export function readPalette(element: HTMLElement): Palette {
  const names = Object.keys(TOKENS) as (keyof Palette)[];
  const colours = readTokens(
    element,
    names.map((name) => TOKENS[name]),
  );
  return Object.fromEntries(names.map((name, i) => [name, colours[i]])) as unknown as Palette;
}

/** @param element in the page, whose theme counts */
export function readSeriesPalette(element: HTMLElement): SeriesPalette {
  return { ...readPalette(element), series: readTokens(element, SERIES) };
}

function readTokens(element: HTMLElement, tokens: readonly string[]): string[] {
  const probe = element.appendChild(document.createElement('span'));
  try {
    return tokens.map((token) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    });
  } finally {
    probe.remove();
  }
}
